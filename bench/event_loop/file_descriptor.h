// A descriptor that is closed once.
#ifndef WEIR_BENCH_EVENT_LOOP_FILE_DESCRIPTOR_H_
#define WEIR_BENCH_EVENT_LOOP_FILE_DESCRIPTOR_H_

#include <utility>

namespace weir::bench {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() { Close(); }
  FileDescriptor(FileDescriptor&& other) noexcept
      : fd_(std::exchange(other.fd_, kClosed)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      Close();
      fd_ = std::exchange(other.fd_, kClosed);
    }
    return *this;
  }

  bool open() const { return fd_ != kClosed; }
  // REQUIRES: open().
  int get() const { return fd_; }
  void Close();

 private:
  static constexpr int kClosed = -1;
  int fd_ = kClosed;
};

}  // namespace weir::bench

#endif  // WEIR_BENCH_EVENT_LOOP_FILE_DESCRIPTOR_H_
