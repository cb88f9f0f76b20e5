#include "dataplane/usage/name_table.h"

#include <fcntl.h>
#include <simdjson.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/mutex.h"
#include "common/read_file.h"

namespace weir::dataplane {
namespace {

// The last byte is the layout's number.
constexpr std::string_view kMagic = "weirnam\1";
constexpr std::string_view kUnknown = "unknown";
constexpr std::size_t kHeaderBytes = kMagic.size() + sizeof(std::uint64_t);
using Size = std::uint32_t;

template <typename Number>
std::string_view BytesOf(const Number& number) {
  return {reinterpret_cast<const char*>(&number), sizeof(number)};
}

}  // namespace

NameTable::NameTable() { names_.emplace_back(); }

NameTable::NameTable(const std::string& path, std::uint64_t boot_id)
    : path_(path) {
  MutexLock lock(&mutex_);
  names_.emplace_back();
  fd_ = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  Append(kMagic);
  Append(BytesOf(boot_id));
}

NameTable::~NameTable() {
  MutexLock lock(&mutex_);
  if (fd_ >= 0) close(fd_);
}

std::uint32_t NameTable::NumberOf(std::string_view name) {
  if (name.empty()) return 0;
  MutexLock lock(&mutex_);
  const auto number = static_cast<std::uint32_t>(names_.size());
  const auto [it, added] = numbers_.try_emplace(std::string(name), number);
  if (!added) return it->second;
  names_.emplace_back(name);
  std::string entry(BytesOf(static_cast<Size>(name.size())));
  entry += name;
  Append(entry);
  return number;
}

std::string NameTable::NameOf(std::uint32_t number) const {
  MutexLock lock(&mutex_);
  return number < names_.size() ? names_[number] : std::string(kUnknown);
}

absl::Status NameTable::status() const {
  MutexLock lock(&mutex_);
  return status_;
}

void NameTable::Append(std::string_view bytes) {
  // One that was cut would shift all that follow: none does.
  if (path_.empty() || !status_.ok()) return;
  if (fd_ >= 0 && write(fd_, bytes.data(), bytes.size()) ==
                      static_cast<ssize_t>(bytes.size())) {
    return;
  }
  status_ = absl::UnavailableError(
      absl::StrCat("write ", path_, ": ", std::strerror(errno)));
}

absl::StatusOr<std::vector<std::string>> NameTable::Read(
    const std::string& path, std::uint64_t boot_id) {
  const absl::StatusOr<std::string> content = ReadFile(path);
  if (!content.ok() && !absl::IsNotFound(content.status())) {
    return content.status();
  }
  std::string_view rest;
  if (content.ok()) rest = *content;
  if (rest.size() < kHeaderBytes || !rest.starts_with(kMagic) ||
      rest.substr(kMagic.size(), sizeof(boot_id)) != BytesOf(boot_id)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " has no names of that process"));
  }
  rest.remove_prefix(kHeaderBytes);
  std::vector<std::string> names = {""};
  while (rest.size() >= sizeof(Size)) {
    Size size = 0;
    std::memcpy(&size, rest.data(), sizeof(size));
    rest.remove_prefix(sizeof(size));
    if (size > rest.size()) break;
    // A message with other bytes would be refused by whoever gets it.
    const std::string_view name = rest.substr(0, size);
    names.emplace_back(
        simdjson::validate_utf8(name.data(), name.size()) ? name : kUnknown);
    rest.remove_prefix(size);
  }
  return names;
}

}  // namespace weir::dataplane
