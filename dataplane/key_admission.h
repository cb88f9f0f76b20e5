// Whether a request's key lets it through, and in which words it is told.
#ifndef WEIR_DATAPLANE_KEY_ADMISSION_H_
#define WEIR_DATAPLANE_KEY_ADMISSION_H_

#include <memory>

#include "common/clock.h"
#include "dataplane/account/limit_facts.h"
#include "dataplane/account/refusal.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/io/task.h"
#include "dataplane/quota/key_pass.h"
#include "dataplane/quota/limit.h"
#include "dataplane/quota_wait.h"
#include "dataplane/request.h"

namespace weir::dataplane {

// What its key says to a request.
struct KeyVerdict {
  // Why the client can't have an answer; null where it may go on, as most may.
  std::unique_ptr<Refusal> refusal = nullptr;
  // The limit that refuses, where the control plane may let the request through
  // nevertheless; null where nobody need be asked.
  Limit* ask = nullptr;
};

// Between understand and plan: takes what the request needs of its key's limits
// into `pass`, which the request refers to from then on. A key whose hard
// budget is spent is refused, or its request goes to the budget's fallback.
// Who was refused may come again with the same pass, which may hold a place.
//
// 429 rate_limit_exceeded and concurrency_limit_exceeded with the key's own
// retry-after; 429 budget_exceeded, which no retry helps. Budgets are 429 and
// not 402, as OpenAI's `insufficient_quota` is: its SDK and those that follow
// it know 429 as a limit, and 402 as nothing.
KeyVerdict AdmitByKey(Request& request, KeyPass& pass, const Clock& clock);

// After a verdict that names a limit to ask for: waits for the control plane's
// word and tries again, until that admits, says no, or `interrupt` is raised.
// `pass` holds nothing where the client can't have an answer.
io::Task<KeyVerdict> AskForLimit(KeyVerdict verdict, Request& request,
                                 KeyPass& pass, QuotaWait& wait,
                                 Interrupt& interrupt, const Clock& clock);

// Whether the node should report now: the request wants a limit of which the
// control plane leases nothing here yet. True once for each limit.
bool HasQuotaNews(const Request& request);

// What the answer's head says of the key's limits; nothing where it has none.
LimitFacts LimitFactsOf(const Request& request, const Clock& clock);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_KEY_ADMISSION_H_
