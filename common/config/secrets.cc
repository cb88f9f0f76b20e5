#include "common/config/secrets.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace weir::config {
namespace {

constexpr std::size_t kMaxSecretSize = 64 * 1024;

// Overwrites every byte that `value` owns, also those that a move left behind
// in its small buffer, and empties it.
void Wipe(std::string& value) {
  value.resize(value.capacity());  // Does not reallocate.
  OPENSSL_cleanse(value.data(), value.size());
  value.clear();
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  const int fd_;
};

absl::Status CannotRead(const std::string& path, int error) {
  const std::string message =
      absl::StrCat("file ", path, " cannot be read: ", std::strerror(error));
  if (error == ENOENT || error == ENOTDIR) return absl::NotFoundError(message);
  return absl::FailedPreconditionError(message);
}

// The file's bytes, at most one more than kMaxSecretSize of them.
absl::StatusOr<Secret> ReadSecretFile(const std::string& path) {
  // Non-blocking, so that a named pipe in the file's place can't hang us.
  const FileDescriptor file(
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return CannotRead(path, errno);
  struct stat info;
  if (fstat(file.get(), &info) != 0) return CannotRead(path, errno);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("file ", path, " is not a regular file"));
  }
  // Reserved whole, so that no reallocation leaves a copy behind.
  std::string content(kMaxSecretSize + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t got =
        read(file.get(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int error = errno;
      Wipe(content);
      return CannotRead(path, error);
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  Secret secret(std::string(
      absl::StripAsciiWhitespace(absl::string_view(content.data(), size))));
  Wipe(content);
  return secret;
}

bool CanStandInHeader(std::string_view value) {
  for (const char c : value) {
    if (c != '\t' && (c < ' ' || c > '~')) return false;
  }
  return true;
}

}  // namespace

Secret::Secret(Secret&& other) noexcept : value_(std::move(other.value_)) {
  Wipe(other.value_);
}

Secret& Secret::operator=(Secret other) noexcept {
  value_.swap(other.value_);
  return *this;
}

Secret::~Secret() { Wipe(value_); }

bool Secret::Equals(const Secret& other) const {
  return value_.size() == other.value_.size() &&
         CRYPTO_memcmp(value_.data(), other.value_.data(), value_.size()) == 0;
}

absl::StatusOr<Secret> ResolveSecret(const v1::SecretRef& reference) {
  Secret secret;
  if (reference.has_env()) {
    const char* const value = std::getenv(reference.env().c_str());
    if (value == nullptr) {
      return absl::NotFoundError(absl::StrCat("environment variable ",
                                              reference.env(), " is not set"));
    }
    secret = Secret(value);
  } else if (reference.has_file()) {
    absl::StatusOr<Secret> content = ReadSecretFile(reference.file());
    if (!content.ok()) return content.status();
    secret = *std::move(content);
  } else {
    return absl::FailedPreconditionError(
        "the credential names neither an environment variable nor a file");
  }

  const std::string where = DescribeSecretRef(reference);
  if (secret.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(where, " is empty"));
  }
  if (secret.Reveal().size() > kMaxSecretSize) {
    return absl::FailedPreconditionError(
        absl::StrCat(where, " is longer than 64 KiB"));
  }
  if (!CanStandInHeader(secret.Reveal())) {
    return absl::FailedPreconditionError(
        absl::StrCat(where,
                     " holds a line break, a control character or a byte that "
                     "is not ASCII, which an HTTP header can't carry"));
  }
  return secret;
}

std::string DescribeSecretRef(const v1::SecretRef& reference) {
  if (reference.has_env()) return absl::StrCat("env ", reference.env());
  if (reference.has_file()) return absl::StrCat("file ", reference.file());
  return "a reference without a source";
}

}  // namespace weir::config
