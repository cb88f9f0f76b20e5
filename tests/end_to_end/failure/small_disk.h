// A disk that a test fills.
#ifndef WEIR_TESTS_END_TO_END_FAILURE_SMALL_DISK_H_
#define WEIR_TESTS_END_TO_END_FAILURE_SMALL_DISK_H_

#include <cstddef>
#include <filesystem>
#include <string>

#include "absl/status/status.h"

namespace weir::testing {

// Until it ends, new temporary folders are on it. REQUIRES: mounts of this
// process's own (EnterPrivateNetwork).
class SmallDisk {
 public:
  // At `folder`, which is there.
  SmallDisk(std::filesystem::path folder, std::size_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  // Whether it could be mounted.
  const absl::Status& status() const { return status_; }

  // Takes every byte that is left, and those that have become free since.
  void Fill();
  // Gives them back.
  void Free();

 private:
  const std::filesystem::path folder_;
  absl::Status status_;
  int filler_ = -1;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_FAILURE_SMALL_DISK_H_
