#include "dataplane/attempt/retry_hint.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "dataplane/attempt/limit_headers.h"
#include "dataplane/attempt/wire_duration.h"
#include "dataplane/http1/characters.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane {
namespace {

std::optional<absl::Duration> UntilDate(std::string_view text,
                                        absl::Time wall_now) {
  absl::Time date;
  std::string error;
  if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", std::string(text), &date,
                       &error)) {
    return std::nullopt;
  }
  // Their clock and ours need not agree to the second.
  constexpr absl::Duration kSkew = absl::Seconds(2);
  if (date < wall_now - kSkew) return std::nullopt;
  return std::max(absl::ZeroDuration(), date - wall_now);
}

const http1::Header* FindByName(const http1::ResponseHead& head,
                                std::string_view lower_name) {
  for (std::size_t i = 0; i < head.header_count; ++i) {
    if (http1::EqualsIgnoringCase(head.headers[i].name(), lower_name)) {
      return &head.headers[i];
    }
  }
  return nullptr;
}

// `"retryDelay": "17s"`; inside a string the quotes would be escaped.
std::optional<std::string_view> RetryDelayIn(std::string_view body) {
  constexpr std::string_view kKey = R"("retryDelay")";
  std::size_t at = body.find(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  body.remove_prefix(at + kKey.size());
  at = body.find_first_not_of(" \t\r\n");
  if (at == std::string_view::npos || body[at] != ':') return std::nullopt;
  body.remove_prefix(at + 1);
  at = body.find_first_not_of(" \t\r\n");
  if (at == std::string_view::npos || body[at] != '"') return std::nullopt;
  body.remove_prefix(at + 1);
  return body.substr(0, body.find('"'));
}

// Tries one way of saying it after the other.
class HintSearch {
 public:
  explicit HintSearch(absl::Time wall_now) : wall_now_(wall_now) {}

  void TryMilliseconds(const http1::Header* header) {
    if (header == nullptr || wait_.has_value()) return;
    Take(ParseNumber(header->value(), absl::Milliseconds(1)));
  }
  void TrySecondsOrDate(const http1::Header* header) {
    if (header == nullptr || wait_.has_value()) return;
    const auto seconds = ParseNumber(header->value(), absl::Seconds(1));
    Take(seconds.has_value() ? seconds : UntilDate(header->value(), wall_now_));
  }
  void TryDuration(std::optional<std::string_view> text) {
    if (!text.has_value() || wait_.has_value()) return;
    Take(ParseUnits(*text));
  }
  void TryReset(const http1::ResponseHead& head) {
    if (wait_.has_value()) return;
    const LimitHeaders limits = ReadLimits(head, wall_now_);
    if (limits.used_up) Take(limits.reset_of_used_up);
  }

  RetryHint Result() const {
    if (!said_) return {};
    if (!wait_.has_value()) return {std::nullopt, HintVerdict::kIgnored};
    if (*wait_ > kLongestHint) return {kLongestHint, HintVerdict::kCapped};
    return {std::max(*wait_, kShortestHint), HintVerdict::kUsed};
  }

 private:
  void Take(std::optional<absl::Duration> wait) {
    said_ = true;
    wait_ = wait;
  }

  const absl::Time wall_now_;
  bool said_ = false;
  std::optional<absl::Duration> wait_;
};

}  // namespace

RetryHint ReadRetryHint(const http1::ResponseHead& head, std::string_view body,
                        absl::Time wall_now) {
  HintSearch search(wall_now);
  search.TryMilliseconds(head.Find(http1::HeaderId::kRetryAfterMs));
  search.TryMilliseconds(FindByName(head, "x-ms-retry-after-ms"));
  search.TrySecondsOrDate(head.Find(http1::HeaderId::kRetryAfter));
  search.TryDuration(RetryDelayIn(body));
  search.TryReset(head);
  return search.Result();
}

}  // namespace weir::dataplane
