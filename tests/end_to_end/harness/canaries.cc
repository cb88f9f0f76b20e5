#include "tests/end_to_end/harness/canaries.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace weir::testing {
namespace {

// Enough to tell it from all else, and more than a hint of a key shows.
constexpr std::size_t kSign = 16;
// Shown of what stands before one.
constexpr std::size_t kContext = 60;

std::string InHexadecimal(const std::string& text) {
  return absl::BytesToHexString(text);
}

// What base64 makes of `text` wherever it begins in a longer one: three bytes
// become four characters, so there are three ways. The characters at either end
// are of its neighbours as well.
std::array<std::string, 3> InBase64(const std::string& text) {
  std::array<std::string, 3> all;
  for (std::size_t before = 0; before < all.size(); ++before) {
    const std::string encoded =
        absl::Base64Escape(std::string(before, 'x') + text);
    all[before] = encoded.substr(4, (text.size() + before) / 3 * 4 - 4);
  }
  return all;
}

std::string Content(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

std::string Canaries::Hide(const std::string& name) {
  std::random_device random;
  std::string secret = absl::StrCat("canary", ++hidden_);
  while (secret.size() < 2 * kSign) absl::StrAppend(&secret, random() % 10);
  Hide(name, secret);
  return secret;
}

void Canaries::Hide(const std::string& name, const std::string& secret) {
  std::istringstream lines(secret);
  for (std::string line; std::getline(lines, line);) {
    // `-----BEGIN PRIVATE KEY-----` is no secret.
    if (line.size() < kSign || line.starts_with("-----")) continue;
    const std::string sign = line.substr(0, kSign);
    signs_.emplace_back(name, sign);
    signs_.emplace_back(name + " in hexadecimal", InHexadecimal(sign));
    for (const std::string& encoded : InBase64(sign)) {
      signs_.emplace_back(name + " in base64", encoded);
    }
  }
}

std::vector<std::string> Canaries::FoundIn(std::string_view text) const {
  std::vector<std::string> found;
  for (const auto& [name, sign] : signs_) {
    const std::size_t at = text.find(sign);
    if (at == std::string_view::npos) continue;
    const std::size_t begin = at - std::min(at, kContext);
    found.push_back(absl::StrCat(
        name, " behind ",
        absl::CHexEscape(std::string(text.substr(begin, at - begin)))));
  }
  return found;
}

std::vector<std::string> Canaries::FoundBelow(
    const std::filesystem::path& folder,
    const std::vector<std::string>& hidden_in, int& looked_at) const {
  std::vector<std::string> found;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    if (!entry.is_regular_file() ||
        std::find(hidden_in.begin(), hidden_in.end(), name) !=
            hidden_in.end()) {
      continue;
    }
    ++looked_at;
    for (const std::string& canary : FoundIn(Content(entry.path()))) {
      found.push_back(absl::StrCat(entry.path().string(), ": ", canary));
    }
  }
  return found;
}

}  // namespace weir::testing
