#include "dataplane/account/limit_facts.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/concat.h"

namespace weir::dataplane {
namespace {

// As Go prints durations, and OpenAI with it: 120ms, 1.5s, 6m0s. To the
// millisecond, upwards: whoever waits so long finds it so.
std::string DurationText(absl::Duration duration) {
  const std::int64_t ms =
      absl::ToInt64Milliseconds(absl::Ceil(duration, absl::Milliseconds(1)));
  if (ms < 1000) return Concat(ms, "ms");
  const std::int64_t minutes = ms / 60'000;
  const std::int64_t rest = ms % 60'000;
  std::string text;
  if (minutes >= 60) Append(text, minutes / 60, "h");
  if (minutes > 0) Append(text, minutes % 60, "m");
  Append(text, rest / 1000);
  if (rest % 1000 != 0) {
    std::string fraction = std::to_string(rest % 1000);
    fraction.insert(0, 3 - fraction.size(), '0');
    while (fraction.back() == '0') fraction.pop_back();
    Append(text, ".", fraction);
  }
  return text + "s";
}

void AppendOpenAi(std::string_view unit, const LimitFact& fact,
                  std::string& out) {
  Append(out, "x-ratelimit-limit-", unit, ": ", fact.limit,
         "\r\nx-ratelimit-remaining-", unit, ": ", fact.remaining,
         "\r\nx-ratelimit-reset-", unit, ": ", DurationText(fact.reset),
         "\r\n");
}

void AppendAnthropic(std::string_view unit, const LimitFact& fact,
                     absl::Time now, std::string& out) {
  const absl::Time reset = now + absl::Ceil(fact.reset, absl::Seconds(1));
  Append(out, "anthropic-ratelimit-", unit, "-limit: ", fact.limit,
         "\r\nanthropic-ratelimit-", unit, "-remaining: ", fact.remaining,
         "\r\nanthropic-ratelimit-", unit, "-reset: ",
         absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", reset, absl::UTCTimeZone()),
         "\r\n");
}

void AppendOne(std::string_view unit, const LimitFact& fact,
               const LimitFacts& facts, std::string& out) {
  if (facts.form == LimitForm::kAnthropic) {
    AppendAnthropic(unit, fact, facts.now, out);
  } else {
    AppendOpenAi(unit, fact, out);
  }
}

}  // namespace

void AppendLimits(const LimitFacts& facts, std::string& out) {
  if (facts.requests.has_value()) {
    AppendOne("requests", *facts.requests, facts, out);
  }
  if (facts.tokens.has_value()) {
    AppendOne("tokens", *facts.tokens, facts, out);
  }
}

}  // namespace weir::dataplane
