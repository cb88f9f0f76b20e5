// What an answer's head and body say of waiting and of limits: whatever they
// hold, a wait is within its bounds and a share is one.
#include <cmath>
#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "dataplane/attempt/limit_headers.h"
#include "dataplane/attempt/retry_hint.h"
#include "dataplane/attempt/wire_duration.h"
#include "dataplane/http1/head.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/one_input.h"

namespace weir::fuzz {
namespace {

using dataplane::HintVerdict;

void CheckDuration(const std::optional<absl::Duration>& duration) {
  Check(!duration.has_value() || *duration >= absl::ZeroDuration(),
        "no duration is negative");
}

void CheckHint(const dataplane::RetryHint& hint) {
  const bool used = hint.verdict == HintVerdict::kUsed ||
                    hint.verdict == HintVerdict::kCapped;
  Check(used == hint.wait.has_value(), "a hint that is used has a wait");
  if (!used) return;
  Check(*hint.wait >= dataplane::kShortestHint &&
            *hint.wait <= dataplane::kLongestHint,
        "a wait is within its bounds");
}

void CheckLimits(const dataplane::LimitHeaders& limits) {
  if (limits.left.has_value()) {
    Check(*limits.left >= 0 && *limits.left <= 1, "a share is 0 to 1");
  }
  CheckDuration(limits.reset);
  CheckDuration(limits.reset_of_used_up);
  Check(limits.used_up || !limits.reset_of_used_up.has_value(),
        "what is not used up has no reset");
}

}  // namespace

void OneInput(std::string_view input) {
  const absl::Time now = absl::FromUnixSeconds(1'760'000'000);
  for (const absl::Duration unit : {absl::Milliseconds(1), absl::Seconds(1)}) {
    CheckDuration(dataplane::ParseNumber(input, unit));
  }
  CheckDuration(dataplane::ParseUnits(input));
  CheckDuration(dataplane::ParseReset(input, now));
  dataplane::http1::ResponseHead head;
  const auto parsed = dataplane::http1::ParseResponseHead(
      input, dataplane::http1::Method::kPost, head);
  if (parsed.state != dataplane::http1::ParseState::kComplete) return;
  CheckHint(dataplane::ReadRetryHint(head, input.substr(head.size), now));
  CheckLimits(dataplane::ReadLimits(head, now));
}

}  // namespace weir::fuzz
