// Which targets a request tries, in which order.
#ifndef WEIR_DATAPLANE_PLAN_PLAN_H_
#define WEIR_DATAPLANE_PLAN_PLAN_H_

#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <span>

#include "absl/time/time.h"
#include "dataplane/plan/candidate.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan_record.h"
#include "dataplane/request.h"

namespace weir::dataplane {

// More than are ever tried: what is skipped at the last moment (a provider at
// its limit) is followed by others, and what is too long for one model may be
// for a fallback.
inline constexpr std::size_t kMaxCandidates = 12;
inline constexpr std::size_t kMaxCandidatesOfModel = 8;

class Plan {
 public:
  void Add(Candidate candidate) {
    if (candidates_.size() < kMaxCandidates) candidates_.push_back(candidate);
  }
  std::span<const Candidate> candidates() const { return candidates_; }
  bool empty() const { return candidates_.empty(); }

  // When the first target that is closed to requests now may be asked again;
  // for an honest Retry-After when there is no candidate.
  absl::Time next_chance = absl::InfiniteFuture();
  // Somebody was left out because of the dialect alone.
  bool lacks_dialect = false;
  // The first candidate was picked by its conversation, not by chance.
  bool by_affinity = false;

 private:
  boost::container::static_vector<Candidate, kMaxCandidates> candidates_;
};

// Pure but for `random` in [0, 1), which the first choice takes, and for
// TargetLive::suspect: a target against which nothing speaks is not looked at
// again before somebody has changed what is known of it.
//
// First a target by weight: the control plane's share times what this worker
// knows (LocalFactor; nothing for an open breaker, a pause or credentials that
// are all benched). A target whose
// breaker is half-open goes before all others, for this one request: failover
// hides it if the probe fails. Then the model's others by rank, then the same
// for each fallback model. A model whose requests of this complexity another
// one serves is replaced by that one and its fallbacks; targets that do not
// take the complexity are left out. Targets that an operator switched off, that
// this node has no credential for, whose breaker is open, or that speak another
// dialect than the client where such requests are not translated are left out.
//
// Where the model has affinity and the request a conversation, chance gives
// way: targets stand in the order in which they want the conversation
// (affinity.h), and the first that is not overloaded goes first.
//
// Local evidence can only lower a weight: where the control plane says 0, a
// target is tried after all that have some.
//
// What was looked at is added to `record`; null: nobody wants to know.
Plan MakePlan(const Request& request, const LiveState::View& live,
              absl::Time now, double random, PlanRecord* record = nullptr);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_PLAN_H_
