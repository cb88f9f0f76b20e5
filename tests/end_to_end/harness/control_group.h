// A control group of the kernel's, as a container has one.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_CONTROL_GROUP_H_
#define WEIR_TESTS_END_TO_END_HARNESS_CONTROL_GROUP_H_

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"

namespace weir::testing {

// Version 2 where it is mounted alone, else version 1.
class ControlGroup {
 public:
  // The kernel kills what needs more memory. PERMISSION_DENIED or NOT_FOUND
  // where this process can't make one.
  static absl::StatusOr<std::unique_ptr<ControlGroup>> Make(
      std::uint64_t memory_bytes);

  // Ends with its processes, which must have ended.
  ~ControlGroup();
  ControlGroup(const ControlGroup&) = delete;
  ControlGroup& operator=(const ControlGroup&) = delete;

  // Moves a process here with all its threads. What it had of memory stays
  // where it was.
  absl::Status Add(pid_t process) const;

 private:
  explicit ControlGroup(std::filesystem::path folder)
      : folder_(std::move(folder)) {}

  const std::filesystem::path folder_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_CONTROL_GROUP_H_
