#include "common/config/judge.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "common/config/effective.h"
#include "common/config/nearest.h"
#include "common/config/yaml_writer.h"

namespace weir::config {
namespace {

constexpr std::size_t kMaxName = 63;
constexpr std::size_t kMaxText = 255;

bool IsAlphanumeric(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c));
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName &&
         IsAlphanumeric(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return IsAlphanumeric(c) || c == '.' || c == '_' || c == '-';
         });
}

std::string FromTo(const std::string& min, const std::string& max) {
  return "write a value from " + min + " to " + max;
}

}  // namespace

void Judge::Refuse(std::string path, std::string what, std::string fix) {
  problems_.Add(std::move(path), std::move(what), std::move(fix));
}

void Judge::Warn(std::string path, std::string what, std::string fix) {
  warnings_.Add(std::move(path), std::move(what), std::move(fix));
}

void Judge::CheckName(const std::string& path, std::string_view name) {
  if (name.empty()) {
    Refuse(path, "is missing", "write a name that no other has");
  } else if (!IsName(name)) {
    Refuse(path, "is not a name: " + Quote(name),
           "write 1 to 63 of a-z A-Z 0-9 . _ -, a letter or digit first");
  }
}

void Judge::RefuseUnknown(const std::string& path, const std::string& noun,
                          const std::string& name, const NameIndex& known) {
  // Comparing with every name costs, and nobody reads what is left out.
  std::string fix;
  if (!problems_.full()) {
    std::vector<std::string> candidates;
    for (const auto& entry : known) candidates.push_back(entry.first);
    fix = Suggest(name, noun + 's', candidates);
  }
  Refuse(path, "there is no " + noun + ' ' + Quote(name), std::move(fix));
}

void Judge::CheckUniqueName(const std::string& path, const std::string& name,
                            std::map<std::string, std::string>& seen) {
  CheckName(path, name);
  if (name.empty()) return;
  const auto [first, is_new] = seen.try_emplace(name, path);
  if (!is_new) {
    Refuse(path, Quote(name) + " is what " + first->second + " says too",
           "give each its own name");
  }
}

void Judge::CheckText(const std::string& path, std::string_view text) {
  if (text.size() > kMaxText) {
    Refuse(path, "is longer than 255 bytes", "write something shorter");
  } else if (HasControl(text)) {
    Refuse(path, "holds a control character", "write it on one line");
  }
}

void Judge::CheckNumber(const std::string& path, double value, double min,
                        double max) {
  if (value >= min && value <= max) return;
  Refuse(path, "is out of range: " + YamlNumber(value),
         FromTo(YamlNumber(min), YamlNumber(max)));
}

void Judge::CheckAboveZero(const std::string& path, double value, double max) {
  if (value > 0 && value <= max) return;
  Refuse(path, "is out of range: " + YamlNumber(value),
         "write a value above 0, " + YamlNumber(max) + " at most");
}

void Judge::CheckDuration(const std::string& path,
                          const google::protobuf::Duration& value,
                          absl::Duration min, absl::Duration max) {
  const absl::Duration duration = ToDuration(value);
  // Parts of unlike signs are malformed, whatever they add up to.
  const bool is_well_formed =
      value.nanos() >= 0 && value.nanos() < 1'000'000'000;
  if (is_well_formed && duration >= min && duration <= max) return;
  Refuse(path, "is out of range: " + absl::FormatDuration(duration),
         FromTo(absl::FormatDuration(min), absl::FormatDuration(max)));
}

void Judge::CheckTime(const std::string& path,
                      const google::protobuf::Timestamp& value) {
  using google::protobuf::util::TimeUtil;
  if (value.seconds() >= TimeUtil::kTimestampMinSeconds &&
      value.seconds() <= TimeUtil::kTimestampMaxSeconds && value.nanos() >= 0 &&
      value.nanos() < 1'000'000'000) {
    return;
  }
  Refuse(path, "is not a point in time",
         "write one like 2026-01-31T12:00:00Z, or remove it");
}

void Judge::CheckAbsolutePath(const std::string& path, std::string_view value,
                              const std::string& noun) {
  if (!value.starts_with('/')) {
    Refuse(path, "is not an absolute path: " + Quote(value),
           "write the path of " + noun + " from / on");
  } else if (HasControl(value)) {
    Refuse(path, "holds a control character",
           "write the path of " + noun + " from / on");
  }
}

void Judge::CheckMode(const std::string& path, v1::Mode mode) {
  if (v1::Mode_IsValid(mode)) return;
  Refuse(path, "is not known: " + std::to_string(mode),
         "write enabled, draining or disabled");
}

std::string Quote(std::string_view text) {
  constexpr std::size_t kShown = 60;
  std::string quoted = "\"";
  for (const char c : text.substr(0, kShown)) {
    quoted += HasControl({&c, 1}) ? '?' : c;
  }
  // The cut must not leave half a letter.
  if (text.size() > kShown) {
    while ((quoted.back() & 0x80) != 0) quoted.pop_back();
    quoted += "...";
  }
  return quoted + '"';
}

std::string At(std::string_view field, int index) {
  return std::string(field) + '[' + std::to_string(index) + ']';
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
}

}  // namespace weir::config
