#include "dataplane/spool/batch_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "common/sha256.h"

namespace weir::dataplane {
namespace {

constexpr char kMagic[8] = {'w', 'e', 'i', 'r', 'u', 's', 'e', '\0'};
constexpr std::uint32_t kLayout = 1;
constexpr std::size_t kDigestBytes = 32;

struct Header {
  char magic[8];
  std::uint32_t layout;
  std::uint32_t size;
  std::uint64_t boot_id;
  std::uint64_t sequence;
  std::uint64_t through_flush;
};

absl::Status Failed(absl::string_view step, const std::string& path) {
  return absl::UnavailableError(
      absl::StrCat(step, " ", path, ": ", std::strerror(errno)));
}

absl::Status WriteAndSync(int fd, std::string_view content,
                          const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("write", path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(fd) == 0 ? absl::OkStatus() : Failed("fsync", path);
}

}  // namespace

std::string EncodeBatch(const StoredBatch& batch) {
  Header header{{},
                kLayout,
                static_cast<std::uint32_t>(batch.bytes.size()),
                batch.boot_id,
                batch.sequence,
                batch.through_flush};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  std::string content(reinterpret_cast<const char*>(&header), sizeof(header));
  content += batch.bytes;
  content += Sha256(content);
  return content;
}

absl::StatusOr<StoredBatch> DecodeBatch(std::string_view content) {
  Header header{};
  if (content.size() < sizeof(header) + kDigestBytes) {
    return absl::FailedPreconditionError("cut short");
  }
  std::memcpy(&header, content.data(), sizeof(header));
  if (std::memcmp(header.magic, kMagic, sizeof(kMagic)) != 0) {
    return absl::FailedPreconditionError("not a batch of usage");
  }
  if (header.layout != kLayout) {
    return absl::FailedPreconditionError("written by another version");
  }
  const std::string_view signed_part =
      content.substr(0, content.size() - kDigestBytes);
  if (signed_part.size() - sizeof(header) != header.size ||
      content.substr(signed_part.size()) != Sha256(signed_part)) {
    return absl::FailedPreconditionError("damaged");
  }
  return StoredBatch{{header.boot_id, header.sequence,
                      std::string(signed_part.substr(sizeof(header)))},
                     header.through_flush};
}

std::string BatchFileName(std::uint64_t sequence) {
  return absl::StrFormat("batch-%020u", sequence);
}

absl::Status ReplaceFile(const std::string& path, std::string_view content) {
  const std::string fresh = path + ".tmp";
  const int fd =
      open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return Failed("create", fresh);
  absl::Status status = WriteAndSync(fd, content, fresh);
  if (close(fd) != 0 && status.ok()) status = Failed("close", fresh);
  if (status.ok() && rename(fresh.c_str(), path.c_str()) != 0) {
    status = Failed("rename", fresh);
  }
  // A half-written file on a full disk only makes it fuller.
  if (!status.ok()) unlink(fresh.c_str());
  return status;
}

}  // namespace weir::dataplane
