#include "dataplane/usage/usage_book.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "common/config/price.h"
#include "common/dialect/canonical/usage.h"
#include "common/usage_cost.h"
#include "dataplane/plan/candidate.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/usage/gen_ai_book.h"
#include "dataplane/usage/settle.h"
#include "dataplane/usage/usage_entry.h"
#include "dataplane/usage/usage_slot.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {
namespace {

using dialect::canonical::Provenance;
using dialect::canonical::Usage;

UsageSource SourceOf(Provenance provenance) {
  switch (provenance) {
    case Provenance::kReported:
      return UsageSource::kReported;
    case Provenance::kEstimated:
      return UsageSource::kEstimated;
    case Provenance::kPartial:
      return UsageSource::kPartial;
    case Provenance::kCancelled:
      return UsageSource::kCancelled;
  }
  return UsageSource::kEstimated;
}

// Empty where the client addressed the provider.
std::string_view ModelOf(const RoutingConfig& config,
                         const Candidate& candidate) {
  return candidate.target.has_value()
             ? std::string_view(config.models[candidate.model].name)
             : std::string_view();
}

std::optional<config::Price> PriceOf(const RoutingConfig& config,
                                     const Candidate& candidate,
                                     absl::Time now) {
  if (!candidate.target.has_value()) return std::nullopt;
  return config.targets[*candidate.target].prices.At(now);
}

std::uint32_t InputEstimate(const Request& request,
                            const Candidate& candidate) {
  const RoutingConfig& config = ConfigOf(request);
  return EstimateInput(request.body.size(),
                       candidate.target.has_value()
                           ? config.models[candidate.model].context_tokens
                           : 0);
}

// The names under which the attempt is paid for: the model is the one that was
// asked for, whichever serves in its place.
SlotNames NamesOf(const Request& request, const Candidate& candidate) {
  const UsageNames* const names = request.snapshot->usage_names.get();
  if (names == nullptr) return {};
  const RoutingConfig& config = ConfigOf(request);
  SlotNames result{};
  if (request.client != nullptr) {
    result.client = names->clients[static_cast<std::size_t>(
        request.client - config.clients.data())];
  }
  if (request.model.has_value()) result.model = names->models[*request.model];
  result.provider = names->providers[candidate.provider];
  if (candidate.target.has_value()) {
    result.upstream_model = names->targets[*candidate.target];
  }
  return result;
}

std::array<std::uint32_t, kTokenKinds> TokensOf(const Usage& usage) {
  return {usage.fresh_input.value_or(0),    usage.cache_read.value_or(0),
          usage.cache_write_5m.value_or(0), usage.cache_write_1h.value_or(0),
          usage.audio_input.value_or(0),    usage.image_input.value_or(0),
          usage.output.value_or(0),         usage.reasoning.value_or(0),
          usage.audio_output.value_or(0),   usage.image_output.value_or(0)};
}

// What the provider and the target have of tokens is used up by this, and the
// request's key as well.
void Charge(const Request& request, const Candidate& candidate,
            const Usage& usage, absl::Time now) {
  const double tokens = static_cast<double>(InputOf(usage).value_or(0)) +
                        static_cast<double>(OutputOf(usage).value_or(0));
  if (request.pass != nullptr) request.pass->OnTokens(tokens);
  const QuotaView* const quotas = request.snapshot->quotas.get();
  if (quotas == nullptr) return;
  if (const auto& limit = quotas->providers[candidate.provider].tokens) {
    limit->Settle(tokens, now);
  }
  if (!candidate.target.has_value() || quotas->targets.empty()) return;
  if (const auto& limit = quotas->targets[*candidate.target].tokens) {
    limit->Settle(tokens, now);
  }
}

// At least 1: 0 says that there is none.
std::uint32_t MicrosecondsOf(absl::Duration duration) {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(absl::ToInt64Microseconds(duration), 1,
                               std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

UsageEntry UsageBook::Begin(const Request& request,
                            const Candidate& candidate) const {
  if (slots_ == nullptr) return {};
  return {*slots_, NamesOf(request, candidate),
          absl::ToUnixMicros(clock_.WallNow()),
          InputEstimate(request, candidate)};
}

Settlement UsageBook::Judge(const Request& request, const Candidate& candidate,
                            const AttemptEnd& end) const {
  Settlement settlement;
  settlement.usage =
      SettledUsage(end.ending, end.format, end.reading.usage,
                   InputEstimate(request, candidate), end.output_seen);
  if (end.ending == Ending::kNothing) return settlement;
  settlement.cost =
      CostOf(settlement.usage,
             PriceOf(ConfigOf(request), candidate, clock_.WallNow()));
  return settlement;
}

void UsageBook::Settle(const Request& request, const Candidate& candidate,
                       const AttemptEnd& end, const Settlement& settlement,
                       UsageEntry& entry) {
  SlotEnd record{};
  const absl::Time now = clock_.WallNow();
  record.unix_us = absl::ToUnixMicros(now);
  record.tokens = TokensOf(settlement.usage);
  record.unbelievable = end.reading.unbelievable;
  if (end.answered_after.has_value()) {
    record.answered = 1;
    record.latency_us = MicrosecondsOf(*end.answered_after);
  }
  record.source = SourceOf(settlement.usage.provenance);
  record.failed = end.failed ? 1 : 0;
  entry.Settle(record);
  if (end.ending == Ending::kNothing) return;
  Charge(request, candidate, settlement.usage, end.ended_at);
  const RoutingConfig& config = ConfigOf(request);
  const Usage& usage = settlement.usage;
  UsageCounters& counters = CountersOf(config, candidate);
  counters.input += InputOf(usage).value_or(0);
  counters.cached_input += usage.cache_read.value_or(0);
  counters.cache_writes += CacheWriteOf(usage).value_or(0);
  counters.output += OutputOf(usage).value_or(0);
  counters.reasoning += usage.reasoning.value_or(0);
  counters.unbelievable += end.reading.unbelievable;
  counters.cost += settlement.cost.value_or(0);
  if (usage.cache_read.value_or(0) > 0) {
    counters.cache_savings += SavingsOf(usage, PriceOf(config, candidate, now));
  }
  if (!end.answered_after.has_value()) return;
  gen_ai_.OnAnswer(
      request, candidate,
      {.usage = usage,
       .duration = end.ended_at - request.received_at,
       .first_token = end.is_stream ? end.answered_after : std::nullopt});
}

UsageCounters& UsageBook::CountersOf(const RoutingConfig& config,
                                     const Candidate& candidate) {
  UsageCounters* unknown = nullptr;
  UsageCounters*& remembered =
      candidate.target.has_value()
          ? remembered_.At(config.version, {candidate.model, *candidate.target})
          : unknown;
  if (remembered != nullptr) return *remembered;
  std::unique_ptr<UsageCounters>& counters = counters_[ModelOf(
      config, candidate)][config.providers[candidate.provider].name];
  if (counters == nullptr) counters = std::make_unique<UsageCounters>();
  remembered = counters.get();
  return *remembered;
}

void UsageBook::AddTo(WorkerReport& report) const {
  for (const auto& [model, providers] : counters_) {
    for (const auto& [provider, usage] : providers) {
      report.usage.emplace(std::pair(model, provider), *usage);
    }
  }
  gen_ai_.AddTo(report);
}

}  // namespace weir::dataplane
