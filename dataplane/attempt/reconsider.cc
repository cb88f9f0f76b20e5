#include "dataplane/attempt/reconsider.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/time/time.h"
#include "common/concat.h"
#include "common/dialect/dialect.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/plan/plan.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

std::optional<Failure> Reconsider(std::optional<Failure> failure,
                                  const Request& request,
                                  const Candidate& candidate,
                                  std::span<const Candidate> rest,
                                  absl::Time now) {
  if (!failure.has_value()) return std::nullopt;
  if (failure->blame == Blame::kClient) {
    failure->too_long =
        StepsToLargerModel(request, candidate, rest).has_value();
    if (!failure->too_long) return std::nullopt;
  }
  if (failure->timed_out && now >= request.deadline) {
    failure->blame = Blame::kNobody;
  }
  if (candidate.target.has_value() &&
      ConfigOf(request).models[candidate.model].replay_slow_failures) {
    failure->after_long_work = false;
  }
  return failure;
}

std::optional<std::size_t> StepsToLargerModel(const Request& request,
                                              const Candidate& candidate,
                                              std::span<const Candidate> rest) {
  if (!candidate.target.has_value()) return std::nullopt;
  const std::vector<ModelEntry>& models = ConfigOf(request).models;
  const std::uint64_t tokens = models[candidate.model].context_tokens;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (models[rest[i].model].context_tokens > tokens) return i;
  }
  return std::nullopt;
}

dialect::ApiError NotInItsDialect(const Request& request) {
  return {400, "not_translatable",
          Concat("No provider of this model speaks the API that the request is "
                 "written for (",
                 request.dialect->name(),
                 "), and a request of this kind is not translated.")};
}

Failure OutOfTime() {
  return {.blame = Blame::kNobody,
          .stage = Stage::kConnect,
          .reason = "out of time",
          .status = std::nullopt,
          .retry_after = std::nullopt,
          .timed_out = true};
}

}  // namespace weir::dataplane
