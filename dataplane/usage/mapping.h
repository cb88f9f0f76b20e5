// Memory that other processes find again, or that nobody does.
#ifndef WEIR_DATAPLANE_USAGE_MAPPING_H_
#define WEIR_DATAPLANE_USAGE_MAPPING_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace weir::dataplane {

// What is written to the memory of a file is there for whoever opens it next,
// however this process ends: the kernel has it. Only a machine that goes down
// loses what Sync() did not bring to the disk.
class Mapping {
 public:
  // Of zeros; goes with the process.
  static absl::StatusOr<Mapping> Anonymous(std::size_t bytes);
  // A new file of zeros, with its space on the disk taken: without that, a full
  // disk would end the process at some write.
  static absl::StatusOr<Mapping> Create(const std::string& path,
                                        std::size_t bytes);
  // All of a file. FAILED_PRECONDITION for one that has less than `at_least`
  // bytes.
  static absl::StatusOr<Mapping> Open(const std::string& path,
                                      std::size_t at_least);

  Mapping(Mapping&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(other.size_) {}
  Mapping& operator=(Mapping&&) = delete;
  ~Mapping();

  // Page-aligned.
  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }

  absl::Status Sync() const;

 private:
  Mapping(std::byte* data, std::size_t size) : data_(data), size_(size) {}
  static absl::StatusOr<Mapping> OfDescriptor(int fd, std::size_t bytes,
                                              const std::string& path);

  std::byte* data_;
  std::size_t size_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_USAGE_MAPPING_H_
