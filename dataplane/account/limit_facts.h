// What an answer's head says of its client key's limits.
#ifndef WEIR_DATAPLANE_ACCOUNT_LIMIT_FACTS_H_
#define WEIR_DATAPLANE_ACCOUNT_LIMIT_FACTS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"

namespace weir::dataplane {

// One limit, as this node knows it.
struct LimitFact {
  // A minute, of the whole fleet.
  std::uint64_t limit = 0;
  // What this node would still let through at once.
  std::uint64_t remaining = 0;
  // Until it would let through most at once.
  absl::Duration reset = absl::ZeroDuration();
};

// In whose words.
enum class LimitForm {
  // x-ratelimit-limit-requests: 600, and a duration: 1.5s.
  kOpenAi,
  // anthropic-ratelimit-requests-limit: 600, and a time: RFC 3339.
  kAnthropic,
};

// The key's own, never the provider's account's.
struct LimitFacts {
  LimitForm form = LimitForm::kOpenAi;
  // Absent where the key has no such limit.
  std::optional<LimitFact> requests;
  std::optional<LimitFact> tokens;
  // On the wall clock.
  absl::Time now;
};

// Header lines with their CRLFs. Pure.
void AppendLimits(const LimitFacts& facts, std::string& out);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ACCOUNT_LIMIT_FACTS_H_
