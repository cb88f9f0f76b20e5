#include "dataplane/attempt/limit_headers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/time/time.h"
#include "dataplane/attempt/wire_duration.h"
#include "dataplane/http1/characters.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane {
namespace {

enum class Field { kLimit, kRemaining, kReset };

struct Named {
  // `requests`, `tokens`; empty where the header says no kind.
  std::string_view kind;
  Field field;
};

constexpr struct {
  std::string_view name;
  Field field;
} kFields[] = {{"limit", Field::kLimit},
               {"remaining", Field::kRemaining},
               {"reset", Field::kReset}};

// `x-ratelimit-remaining-tokens` and `x-ratelimit-remaining`.
std::optional<Named> OpenAisName(std::string_view name) {
  constexpr std::string_view kPrefix = "x-ratelimit-";
  if (!http1::StartsWithIgnoringCase(name, kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  for (const auto& [text, field] : kFields) {
    if (!http1::StartsWithIgnoringCase(name, text)) continue;
    const std::string_view rest = name.substr(text.size());
    if (rest.empty()) return Named{{}, field};
    if (rest.front() == '-') return Named{rest.substr(1), field};
  }
  return std::nullopt;
}

// `anthropic-ratelimit-input-tokens-remaining`.
std::optional<Named> AnthropicsName(std::string_view name) {
  constexpr std::string_view kPrefix = "anthropic-ratelimit-";
  if (!http1::StartsWithIgnoringCase(name, kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  for (const auto& [text, field] : kFields) {
    if (http1::EqualsIgnoringCase(name.substr(dash + 1), text)) {
      return Named{name.substr(0, dash), field};
    }
  }
  return std::nullopt;
}

struct NamedLimit {
  std::string_view kind;
  std::optional<double> limit;
  std::optional<double> remaining;
  std::optional<absl::Duration> reset;
};

std::optional<double> Number(std::string_view text) {
  double number = 0;
  if (!absl::SimpleAtod({text.data(), text.size()}, &number) ||
      !std::isfinite(number) || number < 0) {
    return std::nullopt;
  }
  return number;
}

class Limits {
 public:
  void Take(const Named& named, std::string_view value, absl::Time wall_now) {
    NamedLimit* const limit = Find(named.kind);
    if (limit == nullptr) return;
    switch (named.field) {
      case Field::kLimit:
        limit->limit = Number(value);
        return;
      case Field::kRemaining:
        limit->remaining = Number(value);
        return;
      case Field::kReset:
        limit->reset = ParseReset(value, wall_now);
        return;
    }
  }

  LimitHeaders Result() const {
    LimitHeaders result;
    for (std::size_t i = 0; i < size_; ++i) Add(items_[i], result);
    return result;
  }

 private:
  // No provider tells of more kinds; those beyond are nobody's loss.
  static constexpr std::size_t kMaxKinds = 8;

  NamedLimit* Find(std::string_view kind) {
    for (std::size_t i = 0; i < size_; ++i) {
      if (http1::EqualsIgnoringCase(items_[i].kind, kind)) return &items_[i];
    }
    if (size_ == kMaxKinds) return nullptr;
    items_[size_].kind = kind;
    return &items_[size_++];
  }

  static void Add(const NamedLimit& limit, LimitHeaders& result) {
    if (!limit.remaining.has_value()) return;
    if (*limit.remaining == 0 && limit.limit.value_or(1) > 0) {
      if (!result.used_up || !result.reset_of_used_up.has_value()) {
        result.reset_of_used_up = limit.reset;
      } else if (limit.reset.has_value()) {
        result.reset_of_used_up =
            std::min(*result.reset_of_used_up, *limit.reset);
      }
      result.used_up = true;
    }
    if (limit.limit.value_or(0) <= 0) return;
    const double left = std::min(1.0, *limit.remaining / *limit.limit);
    if (result.left.has_value() && left >= *result.left) return;
    result.left = left;
    result.reset = limit.reset;
  }

  std::array<NamedLimit, kMaxKinds> items_;
  std::size_t size_ = 0;
};

}  // namespace

LimitHeaders ReadLimits(const http1::ResponseHead& head, absl::Time wall_now) {
  // Most answers of most providers have none.
  std::optional<Limits> limits;
  for (std::size_t i = 0; i < head.header_count; ++i) {
    const http1::Header& header = head.headers[i];
    if (header.id() != http1::HeaderId::kAccountLimit) continue;
    std::optional<Named> named = OpenAisName(header.name());
    if (!named.has_value()) named = AnthropicsName(header.name());
    if (!named.has_value()) continue;
    if (!limits.has_value()) limits.emplace();
    limits->Take(*named, header.value(), wall_now);
  }
  return limits.has_value() ? limits->Result() : LimitHeaders();
}

}  // namespace weir::dataplane
