#include "controlplane/access/token_file.h"

#include <openssl/crypto.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/file_watch.h"
#include "common/mutex.h"
#include "common/read_file.h"
#include "common/sha256.h"
#include "controlplane/access/role.h"

namespace weir::controlplane {
namespace {

constexpr std::size_t kDigestDigits = 64;

absl::Status Wrong(int line, std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("line ", line, ": ", std::string(what)));
}

// One line with something on it.
absl::StatusOr<Token> ParseLine(const std::string& text, int line) {
  std::istringstream words(text);
  std::string name;
  std::string role_name;
  std::string digest;
  std::string more;
  words >> name >> role_name >> digest;
  if (digest.empty() || words >> more) {
    return Wrong(line, "write NAME ROLE SHA256");
  }
  const std::optional<Role> role = ParseRole(role_name);
  if (!role.has_value() || *role == Role::kNode) {
    return Wrong(line, "the role has to be viewer, operator or admin");
  }
  const bool is_hex = std::all_of(digest.begin(), digest.end(), [](char c) {
    return absl::ascii_isxdigit(static_cast<unsigned char>(c));
  });
  if (digest.size() != kDigestDigits || !is_hex) {
    return Wrong(line, "the SHA-256 has to have 64 hexadecimal digits");
  }
  return Token{std::move(name), *role, absl::HexStringToBytes(digest)};
}

absl::StatusOr<std::vector<Token>> Load(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) {
    return absl::FailedPreconditionError(text.status().message());
  }
  absl::StatusOr<std::vector<Token>> tokens = ParseTokens(*text);
  if (tokens.ok()) return tokens;
  return absl::FailedPreconditionError(
      absl::StrCat(path, ": ", tokens.status().message()));
}

}  // namespace

absl::StatusOr<std::vector<Token>> ParseTokens(std::string_view text) {
  std::vector<Token> tokens;
  std::istringstream lines{std::string(text)};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line.resize(std::min(line.size(), line.find('#')));
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    absl::StatusOr<Token> token = ParseLine(line, number);
    if (!token.ok()) return token.status();
    for (const Token& other : tokens) {
      if (other.name == token->name) return Wrong(number, "the name is taken");
      if (other.sha256 == token->sha256) {
        return Wrong(number, "another name has the same token");
      }
    }
    tokens.push_back(*std::move(token));
  }
  if (tokens.empty()) return absl::InvalidArgumentError("there is no token");
  return tokens;
}

absl::StatusOr<std::unique_ptr<TokenFile>> TokenFile::Open(std::string path) {
  FileWatch watch;
  watch.Watch({path});
  absl::StatusOr<std::vector<Token>> tokens = Load(path);
  if (!tokens.ok()) return tokens.status();
  return std::unique_ptr<TokenFile>(new TokenFile(
      std::move(path), std::move(watch),
      std::make_shared<const std::vector<Token>>(*std::move(tokens))));
}

void TokenFile::Poll() {
  MutexLock poll_lock(&poll_mutex_);
  if (!watch_.Changed()) return;
  absl::StatusOr<std::vector<Token>> tokens = Load(path_);
  MutexLock lock(&mutex_);
  if (!tokens.ok()) {
    ++counts_.refused;
    problem_ = std::string(tokens.status().message());
    spdlog::warn("{}; going on with the tokens read before", problem_);
    return;
  }
  ++counts_.replaced;
  problem_.clear();
  spdlog::info("{} is new and has {} tokens", path_, tokens->size());
  tokens_ = std::make_shared<const std::vector<Token>>(*std::move(tokens));
}

std::optional<Token> TokenFile::Find(std::string_view secret) const {
  Tokens tokens;
  {
    MutexLock lock(&mutex_);
    tokens = tokens_;
  }
  const std::string digest = Sha256(secret);
  // All are looked at, whichever it is.
  const Token* found = nullptr;
  for (const Token& token : *tokens) {
    const bool same =
        CRYPTO_memcmp(token.sha256.data(), digest.data(), digest.size()) == 0;
    found = same ? &token : found;
  }
  if (found == nullptr) return std::nullopt;
  return *found;
}

TokenFile::Counts TokenFile::counts() const {
  MutexLock lock(&mutex_);
  return counts_;
}

std::string TokenFile::problem() const {
  MutexLock lock(&mutex_);
  return problem_;
}

}  // namespace weir::controlplane
