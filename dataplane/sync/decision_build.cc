#include "dataplane/sync/decision_build.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/concat.h"
#include "common/config/effective.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/decision/decision.h"
#include "dataplane/decision/decision_log.h"
#include "dataplane/decision/packed_decision.h"
#include "dataplane/model_of_target.h"
#include "dataplane/plan/plan_record.h"
#include "dataplane/printable.h"
#include "dataplane/relay/usage_scan.h"
#include "dataplane/snapshot.h"
#include "weir/routing/v1/decision.pb.h"

namespace weir::dataplane {
namespace {

constexpr std::size_t kMaxDecisions = 10'000;

// Cut to what tells two weights or times apart, so that people can read them.
double Rounded(double value) { return std::round(value * 1e6) / 1e6; }

std::string NameOf(RequestClass request_class) {
  switch (request_class) {
    case RequestClass::kFast:
      return "fast";
    case RequestClass::kNormal:
      return "normal";
    case RequestClass::kComplex:
      break;
  }
  return "complex";
}

config::v1::Complexity ToProto(Complexity complexity) {
  switch (complexity) {
    case Complexity::kSimple:
      return config::v1::COMPLEXITY_SIMPLE;
    case Complexity::kMedium:
      return config::v1::COMPLEXITY_MEDIUM;
    case Complexity::kComplex:
      return config::v1::COMPLEXITY_COMPLEX;
    case Complexity::kMultimodal:
      break;
  }
  return config::v1::COMPLEXITY_MULTIMODAL;
}

std::string NameOf(HeldAgainst held_against) {
  switch (held_against) {
    case HeldAgainst::kNobodyItSucceeded:
      return "";
    case HeldAgainst::kEndpoint:
      return "endpoint";
    case HeldAgainst::kCredential:
      return "credential";
    case HeldAgainst::kRateLimit:
      return "rate_limit";
    case HeldAgainst::kTarget:
      return "target";
    case HeldAgainst::kClient:
      return "client";
    case HeldAgainst::kNobody:
      break;
  }
  return "nobody";
}

std::string WhyForbidden(const ConsideredTarget& considered,
                         const RoutingConfig& config) {
  const ProviderEntry& provider = config.providers[considered.provider];
  if (!provider.unusable_because.empty()) {
    return absl::StrCat("this node can't use the provider: ",
                        provider.unusable_because);
  }
  if (considered.target != kNoTarget) {
    switch (config.targets[considered.target].mode) {
      case config::v1::MODE_DRAINING:
        return "an operator drains it";
      case config::v1::MODE_DISABLED:
        return "an operator switched it off";
      default:
        break;
    }
  }
  return "the control plane says that it must not be used";
}

std::string WhyExcluded(const ConsideredTarget& considered,
                        const RoutingConfig& config) {
  std::string why;
  switch (considered.exclusion) {
    case Exclusion::kNone:
      return "";
    case Exclusion::kForbidden:
      return WhyForbidden(considered, config);
    case Exclusion::kOtherProvider:
      return "the request was for another provider";
    case Exclusion::kComplexity:
      return "it takes no requests of this complexity";
    case Exclusion::kDialect:
      return Concat("it speaks ",
                    config.providers[considered.provider].dialect->name(),
                    ", in which such a request can't be said");
    case Exclusion::kBreakerOpen:
      why = "its breaker was open";
      break;
    case Exclusion::kPaused:
      why = "the provider asked for a pause";
      break;
    case Exclusion::kCredentialBenched:
      why = "every credential was refused lately";
      break;
  }
  if (considered.seconds_left > 0) {
    absl::StrAppend(
        &why, ", for another ",
        absl::FormatDuration(absl::Ceil(absl::Seconds(considered.seconds_left),
                                        absl::Milliseconds(100))));
  }
  return why;
}

routing::v1::DecisionCandidate BuildCandidate(
    const ConsideredTarget& considered, const RoutingConfig& config) {
  routing::v1::DecisionCandidate candidate;
  candidate.set_provider(config.providers[considered.provider].name);
  if (considered.target != kNoTarget) {
    candidate.set_upstream_model(
        config.targets[considered.target].upstream_model);
    candidate.set_model(ModelOf(config, considered.target).name);
  }
  candidate.set_weight(Rounded(considered.share));
  candidate.set_local_factor(Rounded(considered.local_factor));
  candidate.set_rank(considered.rank);
  candidate.set_excluded_because(WhyExcluded(considered, config));
  return candidate;
}

routing::v1::DecisionAttempt BuildAttempt(const AttemptRecord& record,
                                          absl::Time received_at,
                                          const RoutingConfig& config) {
  routing::v1::DecisionAttempt attempt;
  attempt.set_provider(config.providers[record.provider].name);
  if (record.target != kNoTarget) {
    attempt.set_upstream_model(config.targets[record.target].upstream_model);
  }
  attempt.set_credential(record.credential);
  *attempt.mutable_began_after() =
      config::FromDuration(record.began_at - received_at);
  *attempt.mutable_duration() = config::FromDuration(record.took);
  attempt.set_status(record.status);
  attempt.set_blame(NameOf(record.held_against));
  attempt.set_reason(Printable(record.reason.view()));
  attempt.set_hedge(record.role == RaceRole::kHedge);
  return attempt;
}

void AddPlan(const PlanRecord& plan, const RoutingConfig& config,
             routing::v1::Decision& message) {
  for (const ConsideredTarget& considered : plan.items()) {
    if (considered.exclusion != Exclusion::kNone) continue;
    *message.add_candidates() = BuildCandidate(considered, config);
  }
  for (const ConsideredTarget& considered : plan.items()) {
    if (considered.exclusion == Exclusion::kNone) continue;
    *message.add_candidates() = BuildCandidate(considered, config);
  }
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  const google::protobuf::Duration since_epoch =
      config::FromDuration(time - absl::UnixEpoch());
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(since_epoch.seconds());
  timestamp.set_nanos(since_epoch.nanos());
  return timestamp;
}

}  // namespace

routing::v1::Decision BuildDecision(const Decision& decision,
                                    const RoutingConfig& config,
                                    const DecisionSite& site) {
  const DecisionFacts& facts = decision.facts;
  routing::v1::Decision message;
  message.set_request_id(Printable(facts.request_id.view()));
  message.set_node_id(site.node_id);
  *message.mutable_received_at() =
      ToTimestamp(site.wall_now - (site.now - facts.received_at));
  message.set_client_key(config.clients[facts.client].name.value);
  if (facts.model.has_value()) {
    message.set_model(config.models[*facts.model].name);
  }
  message.set_region(facts.region.view().empty()
                         ? site.region
                         : Printable(facts.region.view()));
  message.set_request_class(NameOf(facts.request_class));
  message.set_complexity(ToProto(facts.complexity));
  message.set_stream(facts.wants_stream);
  message.set_config_epoch(config.version.epoch);
  message.set_config_sequence(config.version.sequence);
  message.set_weights_epoch(facts.weights_epoch);
  message.set_weights_sequence(facts.weights_sequence);
  AddPlan(decision.plan, config, message);
  message.set_draw(facts.draw);
  message.set_by_affinity(facts.by_affinity);
  for (const AttemptRecord& attempt : decision.attempts.items()) {
    *message.add_attempts() = BuildAttempt(attempt, facts.received_at, config);
  }
  message.set_status(facts.status);
  message.set_error_code(Printable(facts.error_code.view()));
  const Usage& usage = facts.usage;
  if (const auto input = InputOf(usage)) message.set_input_tokens(*input);
  if (usage.cache_read.has_value()) {
    message.set_cached_input_tokens(*usage.cache_read);
  }
  if (const auto output = OutputOf(usage)) message.set_output_tokens(*output);
  if (facts.cost.has_value()) message.set_cost_usd(*facts.cost);
  *message.mutable_duration() =
      config::FromDuration(facts.ended_at - facts.received_at);
  return message;
}

DecisionQuery FromProto(const routing::v1::DecisionQuery& query) {
  return {query.request_id(),
          std::clamp<std::size_t>(query.limit(), 1, kMaxDecisions)};
}

routing::v1::DecisionAnswer BuildDecisionAnswer(
    const routing::v1::DecisionQuery& query,
    const std::vector<DecisionBatch>& batches, const DecisionSite& site) {
  std::vector<const DecisionBatch::Item*> items;
  for (const DecisionBatch& batch : batches) {
    for (const DecisionBatch::Item& item : batch.items) items.push_back(&item);
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const auto* a, const auto* b) {
                     return UnpackFacts(a->packed).received_at >
                            UnpackFacts(b->packed).received_at;
                   });
  routing::v1::DecisionAnswer answer;
  answer.set_query_id(query.query_id());
  const std::size_t limit = FromProto(query).limit;
  Decision decision;
  std::size_t bytes = 0;
  for (const DecisionBatch::Item* item : items) {
    if (static_cast<std::size_t>(answer.decisions_size()) == limit) break;
    Unpack(item->packed, decision);
    routing::v1::Decision message =
        BuildDecision(decision, *item->config, site);
    bytes += message.ByteSizeLong();
    if (bytes > kMaxAnswerBytes) break;
    *answer.add_decisions() = std::move(message);
  }
  return answer;
}

}  // namespace weir::dataplane
