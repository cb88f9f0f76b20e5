#include "cli/certs/certificate_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cli/certs/authority.h"

namespace weir::cli {
namespace {

using Use = CertificateRequest::Use;

// The clock of another machine may be behind.
constexpr absl::Duration kBackdated = absl::Hours(1);
constexpr int kAuthorityLivesLonger = 10;
constexpr mode_t kForAll = 0644;
constexpr mode_t kForItsOwner = 0600;

struct NamedKey {
  std::string name;
  SignedKey key;
};

struct Kind {
  const char* name;
  Use use;
  // Empty: none.
  const char* role;
};
constexpr Kind kKinds[] = {
    // Calls the leader where it does not lead itself.
    {"controlplane", Use::kBoth, "replica"}, {"dataplane", Use::kServer, ""},
    {"node", Use::kClient, "node"},          {"viewer", Use::kClient, "viewer"},
    {"operator", Use::kClient, "operator"},  {"admin", Use::kClient, "admin"}};

absl::Status Write(const std::filesystem::path& path, std::string_view text,
                   mode_t mode) {
  const int file =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  const auto refuse = [&] {
    const int error = errno;
    if (file >= 0) close(file);
    return absl::FailedPreconditionError(
        absl::StrCat(path.c_str(), ": ", std::strerror(error)));
  };
  if (file < 0) return refuse();
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0) return refuse();
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return close(file) == 0 ? absl::OkStatus() : refuse();
}

absl::StatusOr<std::vector<NamedKey>> MakeAll(
    const CertificateFilesOptions& options) {
  const absl::Time begin = options.now - kBackdated;
  const absl::StatusOr<Authority> authority = Authority::Create(
      "weir development authority", begin,
      options.now + kAuthorityLivesLonger * options.valid_for);
  if (!authority.ok()) return authority.status();
  std::vector<NamedKey> all = {{"ca", authority->own()}};
  for (const Kind& kind : kKinds) {
    CertificateRequest request{.common_name = kind.name,
                               .use = kind.use,
                               .not_before = begin,
                               .not_after = options.now + options.valid_for};
    if (kind.use != Use::kClient) {
      request.hosts = {"localhost", "127.0.0.1", "::1"};
      request.hosts.insert(request.hosts.end(), options.hosts.begin(),
                           options.hosts.end());
    }
    if (kind.use != Use::kServer) {
      request.uris = {absl::StrCat("weir://role/", kind.role)};
    }
    absl::StatusOr<SignedKey> key = authority->Sign(request);
    if (!key.ok()) return key.status();
    all.push_back({kind.name, *std::move(key)});
  }
  return all;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> MakeCertificateFiles(
    const CertificateFilesOptions& options) {
  const absl::StatusOr<std::vector<NamedKey>> all = MakeAll(options);
  if (!all.ok()) return all.status();
  std::vector<std::string> names;
  for (const NamedKey& one : *all) {
    names.push_back(one.name + ".crt");
    names.push_back(one.name + ".key");
  }
  std::error_code error;
  for (const std::string& name : names) {
    if (!std::filesystem::exists(options.folder / name, error)) continue;
    return absl::AlreadyExistsError(
        absl::StrCat((options.folder / name).c_str(),
                     " is there already and may be in use; remove it or give "
                     "another --dir"));
  }
  if (mkdir(options.folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return absl::FailedPreconditionError(
        absl::StrCat(options.folder.c_str(), ": ", std::strerror(errno)));
  }
  for (const NamedKey& one : *all) {
    absl::Status written = Write(options.folder / (one.name + ".key"),
                                 one.key.key.Reveal(), kForItsOwner);
    if (written.ok()) {
      written = Write(options.folder / (one.name + ".crt"), one.key.certificate,
                      kForAll);
    }
    if (!written.ok()) return written;
  }
  return names;
}

}  // namespace weir::cli
