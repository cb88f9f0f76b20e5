#include "dataplane/attempt/attempt_record_build.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "common/concat.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/attempt.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/plan/plan.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

AttemptRecord RecordOf(const Request& request, const Attempted& attempted,
                       RaceRole role) {
  const Answer& answer = *attempted.answer;
  const std::optional<Failure>& failure = attempted.failure;
  const ProviderEntry& provider =
      ConfigOf(request).providers[answer.candidate.provider];
  AttemptRecord record{.provider = answer.candidate.provider,
                       .target = answer.candidate.target.value_or(kNoTarget),
                       .span = answer.span,
                       .began_at = answer.began,
                       .took = attempted.took,
                       .credential = static_cast<std::uint16_t>(
                           provider.credentials[answer.credential].position),
                       .status = 0,
                       .held_against = HeldAgainst::kNobodyItSucceeded,
                       .role = role,
                       .reason = {}};
  if (answer.exchange != nullptr) {
    record.status = static_cast<std::uint16_t>(answer.exchange->head().status);
  }
  if (failure.has_value()) {
    record.held_against = HeldAgainstOf(failure->blame);
    record.reason.Set(failure->reason);
  } else if (record.status >= 400 || answer.refuses_request) {
    record.held_against = HeldAgainst::kClient;
    record.reason.Set("the provider refused the request");
  } else {
    record.reason.Set({});
  }
  return record;
}

AttemptRecord RecordOfSkipped(const Candidate& candidate, std::string_view why,
                              absl::Time now) {
  AttemptRecord record{.provider = candidate.provider,
                       .target = candidate.target.value_or(kNoTarget),
                       .span = 0,
                       .began_at = now,
                       .took = absl::ZeroDuration(),
                       .credential = 0,
                       .status = 0,
                       .held_against = HeldAgainst::kNobody,
                       .role = RaceRole::kAlone,
                       .reason = {}};
  record.reason.Set(Concat("not asked: ", why));
  return record;
}

}  // namespace weir::dataplane
