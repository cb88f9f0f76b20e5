// One request, as its spans tell it.
#ifndef WEIR_DATAPLANE_TRACE_TRACED_REQUEST_H_
#define WEIR_DATAPLANE_TRACE_TRACED_REQUEST_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/dialect/dialect.h"
#include "dataplane/access/access_record.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/http1/head.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

struct TracedPlan {
  // Both on Clock::Now().
  absl::Time began_at;
  absl::Time ended_at;
  // That may be asked, in their order.
  std::size_t candidates = 0;
  // A conversation picked the first, not chance.
  bool by_affinity = false;
};

// An AttemptRecord with the names that its indexes stand for: it is read on
// another thread, when there may be another configuration.
struct TracedAttempt {
  std::uint64_t span = 0;
  // On Clock::Now().
  absl::Time began_at;
  absl::Duration took;
  std::string provider;
  // Empty where the client addressed the provider itself.
  std::string upstream_model;
  std::string host;
  std::uint16_t port = 0;
  // What the provider speaks; not null.
  const dialect::Dialect* dialect = &dialect::OpenAi();
  // 0 where there was none.
  int status = 0;
  HeldAgainst held_against = HeldAgainst::kNobodyItSucceeded;
  RaceRole role = RaceRole::kAlone;
  // For operators: `HTTP 503`. Empty when it succeeded.
  std::string reason;
};

// Like an access record: nothing here is a secret, or what a client wrote.
struct TracedRequest {
  // REQUIRES: there is a trace, and it is sampled.
  AccessRecord record;
  // On Clock::Now(), when it was `record.at` on the wall.
  absl::Time received_at;
  // Absent where its head could not be read.
  std::optional<http1::Method> method;
  Endpoint endpoint = Endpoint::kUnknown;
  // Absent where it was refused before.
  std::optional<TracedPlan> plan;
  // In the order in which they ended.
  std::vector<TracedAttempt> attempts;
  // When a provider's answer was fit for the client; absent where none was. On
  // Clock::Now().
  std::optional<absl::Time> relay_began_at;
};

// Of those who were asked. `config` is the one of the record's indexes.
std::vector<TracedAttempt> TracedAttemptsOf(const AttemptRecords& records,
                                            const RoutingConfig& config);

// How many spans it is.
std::size_t SpanCount(const TracedRequest& request);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_TRACE_TRACED_REQUEST_H_
