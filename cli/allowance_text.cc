#include "cli/allowance_text.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
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
             "\"; write USD/PERIOD like 20/day, 500/month/hard, "
             "500/month/hard/FALLBACK or "
             "500/month/hard/MODEL=FALLBACK,FALLBACK"));
}

// What stands before the next `separator`, which goes with it.
std::string_view TakePart(std::string_view& rest, char separator = '/') {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

// Reads `MODEL=FALLBACK,...`; without MODEL it is for all others. What is wrong
// with it, empty for nothing.
std::string_view TakeFallbacks(std::string_view text, Budget& budget) {
  while (!text.empty()) {
    std::string_view serves = TakePart(text, ',');
    const bool is_for_all = serves.find('=') == std::string_view::npos;
    const std::string asked(is_for_all ? "" : TakePart(serves, '='));
    if (serves.empty()) return "names a fallback without a model";
    if (is_for_all) {
      if (!budget.fallback().empty()) return "has two fallbacks for all models";
      budget.set_fallback(std::string(serves));
      continue;
    }
    if (asked.empty()) return "names a fallback of no model";
    const bool is_new = budget.mutable_fallback_by_model()
                            ->insert({asked, std::string(serves)})
                            .second;
    if (!is_new) return "has two fallbacks for one model";
  }
  return "";
}

// In the order of the models that are asked for.
std::map<std::string, std::string> FallbackByModel(const Budget& budget) {
  return {budget.fallback_by_model().begin(), budget.fallback_by_model().end()};
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
  if (rest.empty()) return budget;
  // Models' names may have slashes of their own.
  const std::string_view problem = TakeFallbacks(rest, budget);
  if (!problem.empty()) return Wrong(text, problem);
  return budget;
}

std::string BudgetsText(const config::v1::ClientKey& key) {
  std::string text;
  for (const Budget& budget : key.budgets()) {
    Append(text, text.empty() ? "" : ", ", config::YamlNumber(budget.usd()),
           "/", Text(budget.period()));
    if (budget.kind() == config::v1::BUDGET_KIND_HARD) text += "/hard";
    std::string_view before = "/";
    for (const auto& [asked, serves] : FallbackByModel(budget)) {
      Append(text, before, asked, "=", serves);
      before = ",";
    }
    if (!budget.fallback().empty()) Append(text, before, budget.fallback());
  }
  return text;
}

std::string ConsequenceText(const Budget& budget) {
  if (budget.kind() != config::v1::BUDGET_KIND_HARD) return "alert";
  std::string text;
  for (const auto& [asked, serves] : FallbackByModel(budget)) {
    Append(text, asked, ": use ", serves, "; ");
  }
  if (!text.empty()) text += "others: ";
  return text +
         (budget.fallback().empty() ? "refuse" : "use " + budget.fallback());
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
