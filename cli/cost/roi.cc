#include "cli/cost/roi.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "cli/cost/priced_model.h"
#include "common/concat.h"
#include "common/config/price.h"
#include "common/ids.h"

namespace weir::cost {
namespace {

constexpr double kDaysOfMonth = 30;
constexpr double kInputShare = 0.75;
constexpr double kMaxRequests = 1e12;
constexpr double kMaxTokens = 1e8;

absl::Status Check(const std::string& path, const cli::v1::MonthlyPart& part) {
  const auto within = [](double value, double max) {
    return value >= 0 && value <= max;
  };
  if (part.model().empty()) {
    return absl::InvalidArgumentError(
        Concat(path, ".model: is missing; write a model's name"));
  }
  if (!within(part.requests_per_day(), kMaxRequests)) {
    return absl::InvalidArgumentError(
        Concat(path,
               ".requests_per_day: is out of range; write a value from 0 "
               "to 1000000000000"));
  }
  if (!within(part.tokens_per_request(), kMaxTokens)) {
    return absl::InvalidArgumentError(
        Concat(path,
               ".tokens_per_request: is out of range; write a value from "
               "0 to 100000000"));
  }
  if (!within(part.has_input_share() ? part.input_share() : kInputShare, 1)) {
    return absl::InvalidArgumentError(Concat(
        path, ".input_share: is out of range; write a value from 0 to 1"));
  }
  return absl::OkStatus();
}

std::uint64_t Whole(double value) {
  return static_cast<std::uint64_t>(std::llround(value));
}

admin::v1::CostRow RowOf(const cli::v1::MonthlyPart& part,
                         const config::Price& price) {
  const double requests = part.requests_per_day() * kDaysOfMonth;
  const double tokens = requests * part.tokens_per_request();
  const double input =
      tokens * (part.has_input_share() ? part.input_share() : kInputShare);
  admin::v1::CostRow row;
  row.set_group(part.provider().empty()
                    ? part.model()
                    : MakeTargetId(part.provider(), part.model()).value);
  row.set_requests(Whole(requests));
  row.set_attempts(row.requests());
  // A mix may be of so much that whole numbers don't hold it; money does.
  constexpr double kMostTokens = 9e18;
  row.set_fresh_input(Whole(std::min(input, kMostTokens)));
  row.set_output(Whole(std::min(tokens - input, kMostTokens)));
  row.set_cost_usd(input * price.input / 1e6 +
                   (tokens - input) * price.output / 1e6 +
                   requests * price.request);
  return row;
}

}  // namespace

absl::StatusOr<admin::v1::GetCostReportResponse> CostOfMonth(
    const cli::v1::MonthlyMix& mix, const config::v1::Resources& resources,
    absl::Time now) {
  if (mix.requests().empty()) {
    return absl::InvalidArgumentError(
        "requests: are missing; write at least one: - {model: NAME, "
        "requests_per_day: 10000, tokens_per_request: 1000}");
  }
  admin::v1::GetCostReportResponse month;
  admin::v1::CostRow& total = *month.mutable_total();
  for (int i = 0; i < mix.requests_size(); ++i) {
    const cli::v1::MonthlyPart& part = mix.requests(i);
    const std::string path = Concat("requests[", i, "]");
    if (absl::Status fine = Check(path, part); !fine.ok()) return fine;
    const std::optional<config::Price> price =
        FindPrice(resources, part.provider(), part.model(), now);
    if (!price.has_value()) {
      return absl::InvalidArgumentError(
          Concat(path, ".model: no price is known for \"", part.model(),
                 "\"; add it to the price list"));
    }
    const admin::v1::CostRow row = RowOf(part, *price);
    total.set_requests(total.requests() + row.requests());
    total.set_attempts(total.attempts() + row.attempts());
    total.set_fresh_input(total.fresh_input() + row.fresh_input());
    total.set_output(total.output() + row.output());
    total.set_cost_usd(total.cost_usd() + row.cost_usd());
    *month.add_rows() = row;
  }
  return month;
}

}  // namespace weir::cost
