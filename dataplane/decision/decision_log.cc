#include "dataplane/decision/decision_log.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "common/clock.h"
#include "dataplane/decision/decision.h"
#include "dataplane/decision/packed_decision.h"
#include "dataplane/decision/record_ring.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {
namespace {

constexpr std::size_t kFailureBytes = std::size_t{2} << 20;
constexpr std::size_t kMaxFailures = 8192;
constexpr std::size_t kSampleBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxSamples = 4096;

// A crowd of requests leaves no more behind.
constexpr std::size_t kMaxFree = 256;

std::uint64_t TagOf(std::string_view request_id) {
  return std::hash<std::string_view>()(request_id);
}

// Somebody may ask why.
bool IsNoteworthy(const Decision& decision) {
  const DecisionFacts& facts = decision.facts;
  return decision.attempts.items().size() != 1 || facts.status == 0 ||
         facts.status == 429 || facts.status >= 500 ||
         !facts.error_code.view().empty();
}

}  // namespace

DecisionLog::DecisionLog(const Clock& clock)
    : clock_(clock),
      failures_(kFailureBytes, kMaxFailures),
      samples_(kSampleBytes, kMaxSamples) {}

DecisionLog::Entry DecisionLog::Begin(const Request& request,
                                      const Snapshot& snapshot) {
  std::unique_ptr<Decision> decision;
  if (free_.empty()) {
    decision = std::make_unique_for_overwrite<Decision>();
  } else {
    decision = std::move(free_.back());
    free_.pop_back();
  }
  DecisionFacts& facts = decision->facts;
  facts.request_id.Set(request.id.text());
  facts.received_at = request.received_at;
  facts.ended_at = absl::InfinitePast();
  facts.config = NumberOf(snapshot.config);
  facts.client = static_cast<std::uint32_t>(request.client -
                                            snapshot.config->clients.data());
  facts.model = request.model;
  facts.region.Set(request.region);
  facts.request_class = request.request_class;
  facts.complexity = request.complexity;
  facts.wants_stream = request.wants_stream;
  const std::optional<Version>& weights = snapshot.weights->version;
  facts.weights_epoch = weights.has_value() ? weights->epoch : 0;
  facts.weights_sequence = weights.has_value() ? weights->sequence : 0;
  facts.draw = 0;
  facts.by_affinity = false;
  facts.status = 0;
  facts.usage = {};
  facts.cost.reset();
  facts.error_code.Set({});
  decision->plan.Clear();
  decision->attempts.Clear();
  return {*this, std::move(decision)};
}

void DecisionLog::End(std::unique_ptr<Decision> decision) {
  if (decision->facts.ended_at == absl::InfinitePast()) {
    decision->facts.ended_at = clock_.Now();
  }
  RecordRing* ring = nullptr;
  if (IsNoteworthy(*decision)) {
    ring = &failures_;
  } else if (sample_rule_.Keep(decision->facts.ended_at)) {
    ring = &samples_;
  }
  if (ring != nullptr) {
    char* const place = ring->Push(TagOf(decision->facts.request_id.view()),
                                   PackedSize(*decision));
    if (place != nullptr) Pack(*decision, place);
  }
  if (free_.size() < kMaxFree) free_.push_back(std::move(decision));
}

ConfigNumber DecisionLog::NumberOf(
    const std::shared_ptr<const RoutingConfig>& config) {
  // Almost always the newest.
  for (auto known = configs_.rbegin(); known != configs_.rend(); ++known) {
    if (known->config == config) return known->number;
  }
  if (configs_.size() == kMaxConfigs) configs_.pop_front();
  configs_.push_back({++last_number_, config});
  return last_number_;
}

std::shared_ptr<const RoutingConfig> DecisionLog::ConfigOf(
    ConfigNumber number) const {
  for (const KnownConfig& known : configs_) {
    if (known.number == number) return known.config;
  }
  return nullptr;
}

void DecisionLog::FindIn(const RecordRing& ring, const DecisionQuery& query,
                         DecisionBatch& batch) const {
  const bool is_one = !query.request_id.empty();
  const std::uint64_t tag = TagOf(query.request_id);
  std::size_t bytes = 0;
  std::size_t found = 0;
  for (std::size_t age = 0; age < ring.size() && found < query.limit; ++age) {
    if (is_one && ring.Tag(age) != tag) continue;
    const std::string_view packed = ring.At(age);
    const DecisionFacts facts = UnpackFacts(packed);
    if (is_one && facts.request_id.view() != query.request_id) continue;
    std::shared_ptr<const RoutingConfig> config = ConfigOf(facts.config);
    if (config == nullptr) continue;
    bytes += packed.size();
    if (bytes > kMaxBatchBytes / 2) break;
    batch.items.push_back({std::move(config), std::string(packed)});
    ++found;
  }
}

DecisionBatch DecisionLog::Find(const DecisionQuery& query) const {
  DecisionBatch batch;
  FindIn(failures_, query, batch);
  FindIn(samples_, query, batch);
  const auto ended_at = [](const DecisionBatch::Item& item) {
    return UnpackFacts(item.packed).ended_at;
  };
  std::stable_sort(
      batch.items.begin(), batch.items.end(),
      [&](const auto& a, const auto& b) { return ended_at(a) > ended_at(b); });
  if (batch.items.size() > query.limit) batch.items.resize(query.limit);
  return batch;
}

}  // namespace weir::dataplane
