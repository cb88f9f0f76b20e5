#include "dataplane/access/access_log_file.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/mutex.h"

namespace weir::dataplane {
namespace {

std::uint64_t LinesIn(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

// How much of `text` went out; less than all on an error.
std::size_t WriteAll(int fd, std::string_view text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = write(fd, text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) break;
    done += static_cast<std::size_t>(written);
  }
  return done;
}

}  // namespace

absl::StatusOr<std::unique_ptr<AccessLogFile>> AccessLogFile::Open(
    const std::string& path, std::size_t most_bytes) {
  const int fd =
      path == "-"
          ? dup(STDOUT_FILENO)
          : open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (fd < 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("--access-log ", path, ": ", std::strerror(errno)));
  }
  return std::unique_ptr<AccessLogFile>(
      new AccessLogFile(fd, path, most_bytes));
}

AccessLogFile::AccessLogFile(int fd, std::string path, std::size_t most_bytes)
    : fd_(fd),
      path_(std::move(path)),
      most_bytes_(most_bytes),
      thread_([this] { Run(); }) {}

AccessLogFile::~AccessLogFile() {
  {
    MutexLock lock(&mutex_);
    ending_ = true;
  }
  changed_.SignalAll();
  thread_.join();
  close(fd_);
}

void AccessLogFile::Write(std::string lines) {
  if (lines.empty()) return;
  {
    MutexLock lock(&mutex_);
    if (waiting_.size() + lines.size() > most_bytes_) {
      dropped_ += LinesIn(lines);
      return;
    }
    if (waiting_.empty()) {
      waiting_ = std::move(lines);
    } else {
      waiting_ += lines;
    }
  }
  changed_.SignalAll();
}

std::string AccessLogFile::Next() {
  MutexLock lock(&mutex_);
  while (waiting_.empty() && !ending_) changed_.Wait(&mutex_);
  return std::exchange(waiting_, std::string());
}

void AccessLogFile::Run() {
  for (std::string lines = Next(); !lines.empty(); lines = Next()) {
    const std::size_t done = WriteAll(fd_, lines);
    written_ += LinesIn(std::string_view(lines).substr(0, done));
    if (done == lines.size()) continue;
    const std::uint64_t lost = LinesIn(std::string_view(lines).substr(done));
    if (dropped_.fetch_add(lost) == 0) {
      spdlog::error("access log {}: {}; lines are dropped", path_,
                    std::strerror(errno));
    }
  }
}

}  // namespace weir::dataplane
