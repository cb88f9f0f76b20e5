// Numbers for names, that mean the same after the process is gone.
#ifndef WEIR_DATAPLANE_USAGE_NAME_TABLE_H_
#define WEIR_DATAPLANE_USAGE_NAME_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/mutex.h"
#include "common/string_map.h"

namespace weir::dataplane {

// Grows only, with each configuration that brings new names, and is written to
// a file before anybody uses a number. 0 is the empty name.
//
// Thread safety: every method may be called from any thread; none is called for
// a request.
class NameTable {
 public:
  // In memory alone.
  NameTable();
  // A name that can't be written has a number all the same: it is lost only if
  // the process is killed. status() says why.
  // REQUIRES: nothing is at `path`.
  NameTable(const std::string& path, std::uint64_t boot_id);
  ~NameTable();
  NameTable(const NameTable&) = delete;
  NameTable& operator=(const NameTable&) = delete;

  std::uint32_t NumberOf(std::string_view name);
  // "unknown" for a number that there is not.
  std::string NameOf(std::uint32_t number) const;
  // The last failure to write.
  absl::Status status() const;

  // The names of a file by number, as far as it is whole.
  // FAILED_PRECONDITION where it is none of that boot and of this version.
  static absl::StatusOr<std::vector<std::string>> Read(const std::string& path,
                                                       std::uint64_t boot_id);

 private:
  void Append(std::string_view bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string path_;
  mutable Mutex mutex_;
  int fd_ ABSL_GUARDED_BY(mutex_) = -1;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> names_ ABSL_GUARDED_BY(mutex_);
  StringMap<std::uint32_t> numbers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_USAGE_NAME_TABLE_H_
