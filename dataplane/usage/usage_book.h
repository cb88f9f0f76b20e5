// The accounts that a worker keeps of its attempts.
#ifndef WEIR_DATAPLANE_USAGE_USAGE_BOOK_H_
#define WEIR_DATAPLANE_USAGE_USAGE_BOOK_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/dialect/canonical/usage.h"
#include "common/string_map.h"
#include "dataplane/plan/candidate.h"
#include "dataplane/relay/answer_format.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/usage/gen_ai_book.h"
#include "dataplane/usage/place_memory.h"
#include "dataplane/usage/settle.h"
#include "dataplane/usage/slot_table.h"
#include "dataplane/usage/usage_entry.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {

// What is known of an attempt that ended.
struct AttemptEnd {
  Ending ending;
  AnswerFormat format;
  // As the provider said it.
  dialect::canonical::UsageReading reading = {};
  // What came out, as far as bytes tell.
  std::uint32_t output_seen = 0;
  // The client got the answer, or as much of it as there was, so long after the
  // request's head; absent where it did not.
  std::optional<absl::Duration> answered_after = std::nullopt;
  // By the endpoint, the credential, a rate limit or the request itself.
  bool failed = false;
  // The answer is a stream, and `answered_after` the time to its first event.
  bool is_stream = false;
  // By the steady clock.
  absl::Time ended_at = {};
};

// What it came to.
struct Settlement {
  dialect::canonical::Usage usage;
  // US dollars; absent without a price.
  std::optional<double> cost;
};

// The only place where usage is counted: in the slots, from which the ledger
// gets it, and for metrics.
//
// Not thread-safe: used on its worker's thread. Nothing here makes a system
// call, takes a lock or, but for new labels, memory.
class UsageBook {
 public:
  // Both outlive this; without `slots` there are metrics only.
  UsageBook(SlotTable* slots, const Clock& clock)
      : slots_(slots), clock_(clock) {}

  // Before the request goes out.
  UsageEntry Begin(const Request& request, const Candidate& candidate) const;

  // What an attempt would be settled with. Pure, but for the clock's time.
  Settlement Judge(const Request& request, const Candidate& candidate,
                   const AttemptEnd& end) const;

  // Counts it.
  void Settle(const Request& request, const Candidate& candidate,
              const AttemptEnd& end, const Settlement& settlement,
              UsageEntry& entry);

  void AddTo(WorkerReport& report) const;

 private:
  SlotTable* const slots_;
  const Clock& clock_;

  UsageCounters& CountersOf(const RoutingConfig& config,
                            const Candidate& candidate);

  // By model, then by provider: found without making a string.
  StringMap<StringMap<std::unique_ptr<UsageCounters>>> counters_;
  PlaceMemory<UsageCounters> remembered_;
  GenAiBook gen_ai_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_USAGE_USAGE_BOOK_H_
