#include "tests/end_to_end/harness/control_group.h"

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace weir::testing {
namespace {

constexpr char kRoot[] = "/sys/fs/cgroup";

absl::Status Write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream stream(file);
  stream << text << std::flush;
  return stream ? absl::OkStatus() : absl::ErrnoToStatus(errno, file.string());
}

// What is written where.
struct Setting {
  std::string controller;
  std::string file;
  std::string value;
};

Setting SettingOf(MemoryLimit limit, bool unified) {
  return {"memory", unified ? "memory.max" : "memory.limit_in_bytes",
          absl::StrCat(limit.bytes)};
}

Setting SettingOf(ProcessorLimit limit, bool unified) {
  constexpr int kPeriodMicros = 100'000;
  const int quota = static_cast<int>(limit.cores * kPeriodMicros);
  if (unified) {
    return {"cpu", "cpu.max", absl::StrCat(quota, " ", kPeriodMicros)};
  }
  return {"cpu", "cpu.cfs_quota_us", absl::StrCat(quota)};
}

absl::StatusOr<std::filesystem::path> MakeFolder(
    const std::string& controller) {
  std::filesystem::path folder = kRoot;
  folder /= controller;
  folder /= absl::StrCat("weir-test-", ::getpid());
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  if (error) return absl::ErrnoToStatus(error.value(), folder.string());
  return folder;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ControlGroup>> ControlGroup::Make(Limit limit) {
  const bool unified = std::filesystem::exists(std::filesystem::path(kRoot) /
                                               "cgroup.controllers");
  const Setting setting =
      std::visit([&](const auto& of) { return SettingOf(of, unified); }, limit);
  const auto folder = MakeFolder(unified ? "" : setting.controller);
  if (!folder.ok()) return folder.status();
  std::unique_ptr<ControlGroup> group(new ControlGroup(*folder));
  const absl::Status limited = Write(*folder / setting.file, setting.value);
  if (!limited.ok()) return limited;
  return group;
}

ControlGroup::~ControlGroup() { ::rmdir(folder_.c_str()); }

absl::Status ControlGroup::Add(pid_t process) const {
  return Write(folder_ / "cgroup.procs", absl::StrCat(process));
}

}  // namespace weir::testing
