#include "controlplane/registry/resource_file.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/config/yaml.h"
#include "common/read_file.h"

namespace weir::controlplane {
namespace {

// Far above any real file; keeps a wrong path (a device, a log) out of memory.
constexpr off_t kMaxBytes = off_t{64} << 20;

std::int64_t Nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::vector<std::string> LinesOf(const absl::Status& status) {
  return absl::StrSplit(status.message(), '\n', absl::SkipEmpty());
}

void LogLines(const absl::Status& status) {
  for (const std::string& line : LinesOf(status)) {
    spdlog::error("resources: {}", line);
  }
}

}  // namespace

ResourceFileFollower::ResourceFileFollower(std::string path, Registry& registry)
    : path_(std::move(path)),
      registry_(registry),
      state_(
          absl::UnavailableError(absl::StrCat(path_, ": was not read yet"))) {
  registry_.ReserveFor(path_);
}

absl::Status ResourceFileFollower::Poll() {
  MutexLock lock(&mutex_);
  absl::Status now = Follow();
  if (now != state_) {
    if (now.ok()) spdlog::info("resources: {} is followed", path_);
    LogLines(now);
  }
  state_ = std::move(now);
  return state_;
}

absl::Status ResourceFileFollower::state() const {
  MutexLock lock(&mutex_);
  return state_;
}

std::vector<std::string> ResourceFileFollower::problems() const {
  return LinesOf(state());
}

absl::Status ResourceFileFollower::Follow() {
  const bool first = !std::exchange(looked_, true);
  absl::StatusOr<Stamp> stamp = Look();
  if (!stamp.ok()) {
    applied_.reset();
    return stamp.status();
  }
  const bool held_still = seen_ == *stamp;
  seen_ = *stamp;
  // What failed for want of the store may work now; what was wrong stays so.
  const bool retry = absl::IsUnavailable(state_);
  if (applied_ == *stamp && !retry) return state_;
  if (!first && !held_still) return state_;
  return Read(*stamp);
}

absl::StatusOr<ResourceFileFollower::Stamp> ResourceFileFollower::Look() const {
  struct stat file {};
  if (stat(path_.c_str(), &file) != 0) {
    return absl::UnavailableError(absl::StrCat(
        path_, ": ", std::strerror(errno), "; the running resources stay"));
  }
  if (!S_ISREG(file.st_mode) || file.st_size > kMaxBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        path_, ": is no file of at most 64 MiB; the running resources stay"));
  }
  return Stamp{file.st_dev, file.st_ino, file.st_size,
               Nanoseconds(file.st_mtim), Nanoseconds(file.st_ctim)};
}

absl::Status ResourceFileFollower::Read(const Stamp& stamp) {
  const absl::StatusOr<std::string> text = ReadFile(path_);
  if (!text.ok()) {
    return absl::UnavailableError(
        absl::StrCat(text.status().message(), "; the running resources stay"));
  }
  // Changed while it was read: the next call sees a new stamp.
  if (absl::StatusOr<Stamp> after = Look(); !after.ok() || *after != stamp) {
    return state_;
  }
  applied_ = stamp;
  absl::StatusOr<config::ResourceFile> file =
      config::ParseResourceFile(*text, path_);
  if (!file.ok()) return file.status();
  absl::StatusOr<Outcome> outcome = registry_.ApplyFile(*file, path_);
  if (!outcome.ok()) return outcome.status();
  for (const std::string& warning : outcome->warnings) {
    spdlog::warn("resources: {}: {}", path_, warning);
  }
  if (!outcome->changes.empty()) {
    spdlog::info("resources: {} made {} changes, revision {}", path_,
                 outcome->changes.size(), outcome->revision);
  }
  return absl::OkStatus();
}

}  // namespace weir::controlplane
