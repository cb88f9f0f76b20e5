#include "cli/loadtest/tally.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "common/concat.h"
#include "common/config/price.h"
#include "common/usage_cost.h"

namespace weir::loadtest {
namespace {

// Kinds of failures that are told apart; the rest of them is one.
constexpr std::size_t kMaxKinds = 20;

constexpr std::uint64_t kPricedTokens = 10'000'000;

double Milliseconds(Histogram::Nanoseconds duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

}  // namespace

void Tally::Add(const Fate& fate, absl::Duration latency) {
  ++requests_;
  attempts_ += static_cast<std::uint64_t>(fate.attempts.value_or(1));
  input_tokens_ += InputOf(fate.usage).value_or(0);
  const std::uint64_t output = OutputOf(fate.usage).value_or(0);
  output_tokens_ += output;
  cost_usd_ += CostOf(fate.usage, target_.price).value_or(0);
  if (fate.fault != Fault::kNone) {
    const bool is_known =
        failures_.size() < kMaxKinds || failures_.contains(fate.failure);
    ++failures_[is_known ? fate.failure : "other failures"];
    return;
  }
  ++succeeded_;
  latency_.Record(absl::ToChronoNanoseconds(latency));
  if (fate.first_token.has_value()) {
    first_token_.Record(absl::ToChronoNanoseconds(*fate.first_token));
  }
  tokens_in_time_ += output;
  time_ += latency;
}

cli::v1::ProviderLoad Tally::Row() const {
  cli::v1::ProviderLoad row;
  row.set_provider(target_.provider);
  row.set_requests(requests_);
  row.set_succeeded(succeeded_);
  row.set_attempts(attempts_);
  row.set_input_tokens(input_tokens_);
  row.set_output_tokens(output_tokens_);
  if (requests_ > 0) {
    row.set_success_rate(static_cast<double>(succeeded_) /
                         static_cast<double>(requests_));
  }
  if (succeeded_ > 0) {
    row.set_average_ms(Milliseconds(*latency_.Mean()));
    row.set_p50_ms(Milliseconds(*latency_.Quantile(0.5)));
    row.set_p95_ms(Milliseconds(*latency_.Quantile(0.95)));
    row.set_p99_ms(Milliseconds(*latency_.Quantile(0.99)));
  }
  if (first_token_.count() > 0) {
    row.set_first_token_average_ms(Milliseconds(*first_token_.Mean()));
    row.set_first_token_p95_ms(Milliseconds(*first_token_.Quantile(0.95)));
  }
  if (tokens_in_time_ > 0 && time_ > absl::ZeroDuration()) {
    row.set_tokens_per_second(static_cast<double>(tokens_in_time_) /
                              absl::ToDoubleSeconds(time_));
  }
  if (target_.price.has_value()) {
    row.set_cost_usd(cost_usd_);
    row.set_cost_10m_usd(
        config::CostOf({.output = kPricedTokens}, *target_.price));
  }
  return row;
}

std::vector<std::string> Tally::Failures() const {
  std::vector<std::pair<std::string, std::uint64_t>> kinds(failures_.begin(),
                                                           failures_.end());
  std::ranges::stable_sort(kinds, std::ranges::greater(),
                           [](const auto& kind) { return kind.second; });
  std::vector<std::string> lines;
  for (const auto& [failure, count] : kinds) {
    lines.push_back(Concat(target_.provider, ": ", count, " x ", failure));
  }
  return lines;
}

}  // namespace weir::loadtest
