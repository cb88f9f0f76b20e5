#include <google/protobuf/repeated_field.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "common/config/validate_parts.h"

namespace weir::config {
namespace {

constexpr std::size_t kSha256HexDigits = 64;

bool IsSha256(std::string_view text) {
  return text.size() == kSha256HexDigits &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isxdigit(c); });
}

// A wrong value is never quoted: it may be the secret itself.
void CheckHash(const std::string& path, const std::string& hash,
               std::map<std::string, std::string>& seen, Judge& judge) {
  if (!IsSha256(hash)) {
    judge.Refuse(
        path, hash.empty() ? "is missing" : "is not a SHA-256 in hexadecimal",
        "write the 64 digits that `printf %s SECRET | sha256sum` "
        "prints");
    return;
  }
  const auto [first, is_new] =
      seen.try_emplace(absl::AsciiStrToLower(hash), path);
  if (!is_new) {
    judge.Refuse(path, "is the same secret as " + first->second,
                 "give each key its own secret");
  }
}

// Whatever they are called: a region is where somebody says to be.
void CheckRegions(const std::string& path,
                  const google::protobuf::RepeatedPtrField<std::string>& list,
                  Judge& judge) {
  for (int i = 0; i < list.size(); ++i) {
    const std::string place = At(path, i);
    if (list[i].empty()) {
      judge.Refuse(place, "is empty", "write a region's name, or remove it");
    } else if (list[i] == "*" && list.size() > 1) {
      judge.Refuse(place, "\"*\" stands beside names",
                   "write [\"*\"] alone for all, or names only");
    }
    judge.CheckText(place, list[i]);
  }
}

// Names of `noun`s that exist, or "*" alone.
void CheckRights(const std::string& path, const std::string& noun,
                 const google::protobuf::RepeatedPtrField<std::string>& list,
                 const NameIndex& known, Judge& judge) {
  for (int i = 0; i < list.size(); ++i) {
    const std::string place = At(path, i);
    if (list[i] == "*") {
      if (list.size() > 1) {
        judge.Refuse(place, "\"*\" stands beside names",
                     "write [\"*\"] alone for all, or names only");
      }
    } else if (!known.contains(list[i])) {
      judge.RefuseUnknown(place, noun, list[i], known);
    }
  }
}

bool IsRepresentable(const google::protobuf::Timestamp& time) {
  using google::protobuf::util::TimeUtil;
  return time.seconds() >= TimeUtil::kTimestampMinSeconds &&
         time.seconds() <= TimeUtil::kTimestampMaxSeconds &&
         time.nanos() >= 0 && time.nanos() < 1'000'000'000;
}

}  // namespace

void ValidateClientKeys(const v1::Resources& resources, const Names& names,
                        Judge& judge) {
  std::map<std::string, std::string> seen_names;
  std::map<std::string, std::string> seen_hashes;
  for (int i = 0; i < resources.client_keys_size(); ++i) {
    const v1::ClientKey& key = resources.client_keys(i);
    const std::string path = At("client_keys", i);
    judge.CheckUniqueName(path + ".name", key.name(), seen_names);
    CheckHash(path + ".secret_sha256", key.secret_sha256(), seen_hashes, judge);
    CheckRights(path + ".models", "model", key.models(), names.models, judge);
    CheckRights(path + ".providers", "provider", key.providers(),
                names.providers, judge);
    CheckRegions(path + ".regions", key.regions(), judge);
    judge.CheckText(path + ".hint", key.hint());
    if (!IsRepresentable(key.created_at())) {
      judge.Refuse(path + ".created_at", "is not a point in time",
                   "write one like 2026-01-31T12:00:00Z, or remove it");
    }
  }
}

}  // namespace weir::config
