// Whether a request's key lets it through, and in which words it is told.
#ifndef WEIR_DATAPLANE_KEY_ADMISSION_H_
#define WEIR_DATAPLANE_KEY_ADMISSION_H_

#include <optional>

#include "common/clock.h"
#include "dataplane/account/limit_facts.h"
#include "dataplane/account/refusal.h"
#include "dataplane/quota/key_pass.h"
#include "dataplane/request.h"

namespace weir::dataplane {

// Between understand and plan: takes what the request needs of its key's limits
// into `pass`, which the request refers to from then on. A key whose hard
// budget is spent is refused, or its request goes to the budget's fallback.
// Returns why the client can't have an answer.
//
// 429 rate_limit_exceeded and concurrency_limit_exceeded with the key's own
// retry-after; 429 budget_exceeded, which no retry helps. Budgets are 429 and
// not 402, as OpenAI's `insufficient_quota` is: its SDK and those that follow
// it know 429 as a limit, and 402 as nothing.
std::optional<Refusal> AdmitByKey(Request& request, KeyPass& pass,
                                  const Clock& clock);

// Whether the node should report now: the request wants a limit of which the
// control plane leases nothing here yet. True once for each limit.
bool HasQuotaNews(const Request& request);

// What the answer's head says of the key's limits; nothing where it has none.
LimitFacts LimitFactsOf(const Request& request, const Clock& clock);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_KEY_ADMISSION_H_
