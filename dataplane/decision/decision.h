// How one request was routed: what its node remembers of it.
#ifndef WEIR_DATAPLANE_DECISION_DECISION_H_
#define WEIR_DATAPLANE_DECISION_DECISION_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "common/short_text.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/plan/plan_record.h"
#include "dataplane/relay/usage_scan.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

// Which config the indexes of a decision are good for; see DecisionLog.
using ConfigNumber = std::uint64_t;

// What has a fixed size. Trivially copyable, like the records beside it.
struct DecisionFacts {
  ShortText<40> request_id;
  // Both on Clock::Now().
  absl::Time received_at;
  absl::Time ended_at;
  ConfigNumber config;
  // In RoutingConfig::clients.
  std::uint32_t client;
  std::optional<ModelIndex> model;
  // That the client asked for; empty: the node's own.
  ShortText<64> region;
  RequestClass request_class;
  Complexity complexity;
  bool wants_stream;
  // Of the weights lane; 0 where the control plane had said nothing.
  std::uint64_t weights_epoch;
  std::uint64_t weights_sequence;
  // What picked the first candidate, in [0, 1).
  double draw;
  // Or the conversation, and not the draw.
  bool by_affinity;
  // What the client got; 0 while it got nothing.
  std::uint16_t status;
  // As the provider said; and by the target's price, in US dollars.
  Usage usage;
  std::optional<double> cost;
  // weir's own, or what broke a stream; empty for a provider's answer.
  ShortText<32> error_code;
};

struct Decision {
  DecisionFacts facts;
  PlanRecord plan;
  AttemptRecords attempts;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_DECISION_DECISION_H_
