#include "dataplane/spool/usage_spool.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dataplane/spool/batch_file.h"
#include "dataplane/spool/boot_spool.h"
#include "dataplane/spool/recovery_files.h"

namespace weir::dataplane {
namespace {

constexpr char kBootDirectories[] = "boot-";

absl::Status Unusable(const std::string& path, const std::string& why) {
  return absl::FailedPreconditionError(
      absl::StrCat("--usage-spool ", path, ": ", why));
}

std::vector<std::string> BootDirectories(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end;
       !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with(kBootDirectories) && !name.ends_with(kSetAside)) {
      paths.push_back(it->path().string());
    }
  }
  return paths;
}

}  // namespace

class UsageSpool::Lock {
 public:
  static absl::StatusOr<std::unique_ptr<Lock>> Take(
      const std::string& directory) {
    const std::string path = directory + "/lock";
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return Unusable(directory, std::strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
      return std::unique_ptr<Lock>(new Lock(fd));
    }
    const int error = errno;
    close(fd);
    return Unusable(directory, error == EWOULDBLOCK
                                   ? "another process uses it; each node "
                                     "needs a directory of its own"
                                   : std::strerror(error));
  }
  ~Lock() { close(fd_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  explicit Lock(int fd) : fd_(fd) {}
  const int fd_;
};

UsageSpool::UsageSpool() = default;

UsageSpool::~UsageSpool() {
  if (current_ == nullptr || !outlives_process_) return;
  current_->Flush();
  // Nothing waits: the next start has nothing to look for.
  if (current_->batches() == 0 && current_->counts().write_failures == 0) {
    if (const absl::Status removed = current_->Remove(); !removed.ok()) {
      spdlog::warn("usage spool: {}", removed.ToString());
    }
  }
}

absl::StatusOr<std::unique_ptr<UsageSpool>> UsageSpool::Open(
    const UsageSpoolOptions& options) {
  std::unique_ptr<UsageSpool> spool(new UsageSpool());
  if (!options.directory.empty()) {
    std::error_code error;
    std::filesystem::create_directories(options.directory, error);
    if (error) return Unusable(options.directory, error.message());
    absl::StatusOr<std::unique_ptr<Lock>> lock = Lock::Take(options.directory);
    if (!lock.ok()) return lock.status();
    spool->lock_ = *std::move(lock);
    spool->Recover(options);
    const absl::Status started = spool->StartBoot(options);
    if (started.ok()) return spool;
    spdlog::error("usage is kept in memory alone: {}", started.ToString());
  }
  auto memory = BootSpool::InMemory(options.boot_id, options.shape);
  if (!memory.ok()) return memory.status();
  spool->current_ = *std::move(memory);
  return spool;
}

absl::Status UsageSpool::StartBoot(const UsageSpoolOptions& options) {
  const std::string directory = absl::StrFormat(
      "%s/%s%016x", options.directory, kBootDirectories, options.boot_id);
  if (mkdir(directory.c_str(), 0700) != 0) {
    return absl::UnavailableError(
        absl::StrCat("create ", directory, ": ", std::strerror(errno)));
  }
  auto boot = BootSpool::Create(directory, options.boot_id, options.shape);
  if (!boot.ok()) {
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
    return boot.status();
  }
  current_ = *std::move(boot);
  outlives_process_ = true;
  return absl::OkStatus();
}

void UsageSpool::Recover(const UsageSpoolOptions& options) {
  for (const std::string& path : BootDirectories(options.directory)) {
    std::vector<std::string> notes;
    auto boot = BootSpool::Recover(path, options.shape.max_bytes, notes);
    if (boot.ok()) {
      interrupted_ += (*boot)->interrupted();
      spdlog::info(
          "usage of an earlier start: {} batches, {} attempts that "
          "it had not ended",
          (*boot)->batches(), (*boot)->interrupted());
      earlier_.push_back(*std::move(boot));
    } else {
      SetAside(path, std::string(boot.status().message()), notes);
    }
    for (const std::string& note : notes)
      spdlog::error("usage spool: {}", note);
  }
  DropDone();
}

void UsageSpool::DropDone() {
  while (!earlier_.empty() && earlier_.front()->batches() == 0) {
    acknowledged_earlier_ += earlier_.front()->counts().batches_acknowledged;
    if (const absl::Status removed = earlier_.front()->Remove();
        !removed.ok()) {
      spdlog::warn("usage spool: {}", removed.ToString());
    }
    earlier_.pop_front();
  }
}

const StoredBatch* UsageSpool::Offer() {
  DropDone();
  return earlier_.empty() ? current_->Offer() : earlier_.front()->Offer();
}

void UsageSpool::OnAck(std::uint64_t boot_id, std::uint64_t sequence) {
  if (boot_id == current_->boot_id()) return current_->OnAck(sequence);
  for (const auto& boot : earlier_) {
    if (boot->boot_id() == boot_id) boot->OnAck(sequence);
  }
  DropDone();
}

UsageStatus UsageSpool::status() const {
  const SpoolCounts counts = current_->counts();
  UsageStatus status{.batches_waiting = current_->batches(),
                     .bytes_waiting = current_->bytes(),
                     .batches_acknowledged =
                         counts.batches_acknowledged + acknowledged_earlier_,
                     .write_failures = counts.write_failures,
                     .attempts_lost = counts.attempts_lost,
                     .attempts_interrupted = interrupted_,
                     .outlives_process = outlives_process_};
  for (const auto& boot : earlier_) {
    status.batches_waiting += boot->batches();
    status.bytes_waiting += boot->bytes();
    status.batches_acknowledged += boot->counts().batches_acknowledged;
  }
  return status;
}

}  // namespace weir::dataplane
