// Where the access log goes.
#ifndef WEIR_DATAPLANE_ACCESS_ACCESS_LOG_FILE_H_
#define WEIR_DATAPLANE_ACCESS_ACCESS_LOG_FILE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "common/mutex.h"

namespace weir::dataplane {

// A thread of its own that may wait for a disk or a pipe that nobody reads.
// What does not fit into its queue is dropped and counted.
//
// Thread safety: every method may be called from any thread.
class AccessLogFile {
 public:
  // Appends to the file; `-` is the standard output. FAILED_PRECONDITION where
  // it can't be opened.
  static absl::StatusOr<std::unique_ptr<AccessLogFile>> Open(
      const std::string& path, std::size_t most_bytes = std::size_t{16} << 20);
  // Writes what waits.
  ~AccessLogFile();
  AccessLogFile(const AccessLogFile&) = delete;
  AccessLogFile& operator=(const AccessLogFile&) = delete;

  // Whole lines.
  void Write(std::string lines);

  std::uint64_t lines_written() const { return written_; }
  // For want of room, or because they could not be written.
  std::uint64_t lines_dropped() const { return dropped_; }

 private:
  AccessLogFile(int fd, std::string path, std::size_t most_bytes);

  void Run();
  // Waits for lines; empty at the end.
  std::string Next();

  const int fd_;
  const std::string path_;
  const std::size_t most_bytes_;
  std::atomic<std::uint64_t> written_ = 0;
  std::atomic<std::uint64_t> dropped_ = 0;

  Mutex mutex_;
  CondVar changed_;
  std::string waiting_ ABSL_GUARDED_BY(mutex_);
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;

  std::thread thread_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ACCESS_ACCESS_LOG_FILE_H_
