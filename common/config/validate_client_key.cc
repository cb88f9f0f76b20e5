#include <google/protobuf/repeated_field.h>

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
constexpr std::size_t kMaxPerson = 253;
constexpr int kMaxTags = 16;
constexpr std::size_t kMaxTag = 63;
// One rotation a day, with a week's grace.
constexpr int kMaxRetiring = 8;

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

// Names of people and of what bills are sorted by.
void CheckPeople(const std::string& path, const v1::ClientKey& key,
                 Judge& judge) {
  const auto check_length = [&](const std::string& place,
                                const std::string& text, std::size_t most) {
    judge.CheckText(place, text);
    if (text.size() > most) {
      judge.Refuse(place, "is longer than " + std::to_string(most) + " bytes",
                   "write a shorter one");
    }
  };
  check_length(path + ".owner", key.owner(), kMaxPerson);
  check_length(path + ".team", key.team(), kMaxPerson);
  if (key.tags_size() > kMaxTags) {
    judge.Refuse(path + ".tags", "are more than 16", "remove some");
  }
  // Maps have no order, and messages should.
  const std::map<std::string, std::string> tags(key.tags().begin(),
                                                key.tags().end());
  for (const auto& [name, value] : tags) {
    const std::string place = path + ".tags." + name;
    if (name.empty()) {
      judge.Refuse(place, "has no name", "write tags as `name: value`");
    }
    check_length(place, name, kMaxTag);
    check_length(place, value, kMaxTag);
  }
}

// Secrets that it had before.
void CheckRetiring(const std::string& path, const v1::ClientKey& key,
                   std::map<std::string, std::string>& seen_hashes,
                   Judge& judge) {
  if (key.retiring_size() > kMaxRetiring) {
    judge.Refuse(path, "are more than 8",
                 "remove those that nobody uses any more");
  }
  for (int i = 0; i < key.retiring_size(); ++i) {
    const std::string place = At(path, i);
    const v1::RetiringSecret& secret = key.retiring(i);
    CheckHash(place + ".secret_sha256", secret.secret_sha256(), seen_hashes,
              judge);
    if (!secret.has_expires_at()) {
      judge.Refuse(place + ".expires_at", "is missing",
                   "write the time from which on it is refused");
    }
    judge.CheckTime(place + ".expires_at", secret.expires_at());
  }
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
    judge.CheckTime(path + ".created_at", key.created_at());
    judge.CheckTime(path + ".expires_at", key.expires_at());
    CheckPeople(path, key, judge);
    CheckRetiring(path + ".retiring", key, seen_hashes, judge);
    ValidateKeyLimits(path, key, names, judge);
  }
}

}  // namespace weir::config
