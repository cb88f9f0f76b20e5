// A control group of the kernel's, as a container has one.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_CONTROL_GROUP_H_
#define WEIR_TESTS_END_TO_END_HARNESS_CONTROL_GROUP_H_

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"

namespace weir::testing {

// What a group's processes may have together.
struct MemoryLimit {
  // The kernel kills what needs more.
  std::uint64_t bytes;
};
struct ProcessorLimit {
  // Of one core; the kernel's period is 0.1 s.
  double cores;
};

// Version 2 where it is mounted alone, else version 1.
class ControlGroup {
 public:
  using Limit = std::variant<MemoryLimit, ProcessorLimit>;

  // PERMISSION_DENIED or NOT_FOUND where this process can't make one.
  static absl::StatusOr<std::unique_ptr<ControlGroup>> Make(Limit limit);

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
