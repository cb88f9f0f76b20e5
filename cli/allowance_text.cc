#include "cli/allowance_text.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include "absl/status/status.h"
#include "cli/values.h"
#include "common/concat.h"
#include "common/config/enum_text.h"
#include "common/config/yaml_writer.h"

namespace weir::cli {
namespace {

using config::v1::Budget;

absl::Status Wrong(std::string_view text, std::string_view why) {
  return absl::InvalidArgumentError(
      Concat("--budget: ", why, ": \"", text,
             "\"; write USD/PERIOD like 20/day, 500/month/hard or "
             "500/month/hard/MODEL"));
}

// What stands before the next slash, which goes with it.
std::string_view TakePart(std::string_view& rest) {
  const std::size_t slash = rest.find('/');
  const std::string_view part = rest.substr(0, slash);
  rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
  return part;
}

}  // namespace

absl::StatusOr<Budget> ParseBudget(std::string_view text) {
  Budget budget;
  std::string_view rest = text;
  const std::string_view usd = TakePart(rest);
  double value = 0;
  const auto [end, error] =
      std::from_chars(usd.data(), usd.data() + usd.size(), value);
  if (error != std::errc() || end != usd.data() + usd.size()) {
    return Wrong(text, "does not begin with US dollars");
  }
  budget.set_usd(value);
  const auto* period = config::FindEnumValue(
      *config::v1::BudgetPeriod_descriptor(), TakePart(rest));
  if (period == nullptr || period->number() == 0) {
    return Wrong(text, "has no period: day, month or total");
  }
  budget.set_period(static_cast<config::v1::BudgetPeriod>(period->number()));
  if (rest.empty()) return budget;
  const auto* kind = config::FindEnumValue(*config::v1::BudgetKind_descriptor(),
                                           TakePart(rest));
  if (kind == nullptr || kind->number() == 0) {
    return Wrong(text, "has a kind that is neither soft nor hard");
  }
  budget.set_kind(static_cast<config::v1::BudgetKind>(kind->number()));
  // A model's name may have slashes of its own.
  budget.set_fallback(std::string(rest));
  return budget;
}

std::string BudgetsText(const config::v1::ClientKey& key) {
  std::string text;
  for (const Budget& budget : key.budgets()) {
    Append(text, text.empty() ? "" : ", ", config::YamlNumber(budget.usd()),
           "/", Text(budget.period()));
    if (budget.kind() == config::v1::BUDGET_KIND_HARD) text += "/hard";
    if (!budget.fallback().empty()) Append(text, "/", budget.fallback());
  }
  return text;
}

std::string LimitsText(const config::v1::KeyLimits& limits) {
  std::string text;
  const auto add = [&text](std::uint64_t limit, std::string_view unit) {
    Append(text, text.empty() ? "" : ", ", limit, " ", unit);
  };
  if (limits.has_rpm()) add(limits.rpm(), "rpm");
  if (limits.has_tpm()) add(limits.tpm(), "tpm");
  if (limits.has_concurrent()) add(limits.concurrent(), "at once");
  return text;
}

}  // namespace weir::cli
