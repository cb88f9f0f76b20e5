#include "cli/cost_text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "cli/values.h"
#include "common/concat.h"

namespace weir::cli {
namespace {

using ::weir::admin::v1::CostRow;
using ::weir::admin::v1::GetCostReportResponse;

// `$75.60 (94.8 %)`; what costs more has a minus.
std::string SavingText(double before, double after) {
  const double saving = before - after;
  const std::string dollars =
      (saving < 0 ? "-" : "") + DollarText(std::abs(saving));
  if (before <= 0) return dollars;
  return Concat(dollars, " (", Percent(saving / before), ")");
}

// An unknown cost is not nothing.
Cell CostCell(const CostRow& row) {
  if (row.unpriced_attempts() == 0) return DollarText(row.cost_usd());
  if (row.cost_usd() == 0) return {"unknown", Color::kYellow};
  return {DollarText(row.cost_usd()) + " + unknown", Color::kYellow};
}

std::string OptionalLatency(bool is_known, double ms) {
  return is_known ? Milliseconds(ms) : "";
}

std::string SuccessText(const CostRow& row) {
  if (row.attempts() == 0) return "";
  const double failures =
      static_cast<double>(std::min(row.failures(), row.attempts()));
  return Percent(1 - failures / static_cast<double>(row.attempts()));
}

std::string GroupTitle(::weir::admin::v1::CostGroup group) {
  return group == ::weir::admin::v1::COST_GROUP_UNSPECIFIED
             ? "MODEL"
             : absl::AsciiStrToUpper(Text(group));
}

void AddReportRow(const CostRow& row, const std::string& name, Table& table) {
  table.AddRow(
      {name, CountText(row.requests()), SuccessText(row),
       CountText(row.fresh_input() + row.media_input()),
       CountText(row.cache_read()), CountText(row.cache_write()),
       CountText(row.output() + row.reasoning() + row.media_output()),
       CostCell(row), Percent(row.share()),
       row.has_baseline_usd() ? DollarText(row.baseline_usd()) : "",
       row.has_baseline_usd() ? SavingText(row.baseline_usd(), row.cost_usd())
                              : "",
       row.cache_savings_usd() == 0
           ? ""
           : (row.cache_savings_usd() < 0 ? "-" : "") +
                 DollarText(std::abs(row.cache_savings_usd())),
       OptionalLatency(row.has_average_latency_ms(), row.average_latency_ms()),
       OptionalLatency(row.has_p95_latency_ms(), row.p95_latency_ms()),
       row.has_last_used() ? TimeText(row.last_used()) : ""});
}

std::string NotesText(const GetCostReportResponse& report) {
  std::string text;
  const CostRow& total = report.total();
  if (total.unpriced_attempts() > 0) {
    Append(text, "\nOf ", total.unpriced_attempts(),
           " attempts the price is unknown, and so is what they cost: give "
           "their targets a price, or add them to the price list.\n");
  }
  if (total.unconfirmed() > 0) {
    Append(text, "\n", CountText(total.unconfirmed()),
           " tokens are of answers that broke off or that their provider did "
           "not count: no complete report stands behind them.\n");
  }
  for (const std::string& suggestion : report.suggestions()) {
    Append(text, text.empty() ? "\n" : "", "Cheaper: ", suggestion, ".\n");
  }
  return text;
}

Table MonthTable(const GetCostReportResponse& month) {
  Table table({{"MODEL"},
               {"REQUESTS", Align::kRight},
               {"INPUT", Align::kRight},
               {"OUTPUT", Align::kRight},
               {"A MONTH", Align::kRight}});
  const auto add = [&](const CostRow& row, const std::string& name) {
    table.AddRow({name, CountText(row.requests()), CountText(row.fresh_input()),
                  CountText(row.output()), DollarText(row.cost_usd())});
  };
  for (const CostRow& row : month.rows()) add(row, row.group());
  add(month.total(), "total");
  return table;
}

}  // namespace

std::string DollarText(double usd) {
  const bool is_small = usd > 0 && usd < 0.1;
  return "$" + Number(usd, is_small ? 4 : 2);
}

std::string CountText(std::uint64_t count) {
  constexpr std::uint64_t kPlain = 10'000;
  if (count < kPlain) return std::to_string(count);
  const auto value = static_cast<double>(count);
  if (value < 1e6) return Number(value / 1e3, 1) + "k";
  if (value < 1e9) return Number(value / 1e6, 1) + "M";
  return Number(value / 1e9, 1) + "B";
}

std::string CostReportText(const GetCostReportResponse& report,
                           ::weir::admin::v1::CostGroup group, Paint paint) {
  if (report.rows().empty()) {
    return Concat("Nothing was used from ", TimeText(report.since()), " to ",
                  TimeText(report.until()), ".\n");
  }
  Table table(
      {{GroupTitle(group)},
       {"REQUESTS", Align::kRight},
       {"OK", Align::kRight},
       {"INPUT", Align::kRight},
       {"CACHED", Align::kRight},
       {"CACHE WRITE", Align::kRight},
       {"OUTPUT", Align::kRight},
       {"COST", Align::kRight},
       {"SHARE", Align::kRight},
       {report.baseline().empty() ? "BASELINE" : "ON " + report.baseline(),
        Align::kRight},
       {"SAVED", Align::kRight},
       {"BY CACHE", Align::kRight},
       {"AVERAGE", Align::kRight},
       {"P95", Align::kRight},
       {"LAST USED"}});
  for (const CostRow& row : report.rows()) {
    AddReportRow(row, row.group(), table);
  }
  AddReportRow(report.total(), "total", table);
  return table.Render(paint) + NotesText(report);
}

std::string CostCompareText(const GetCostReportResponse& models, Paint paint) {
  Table table({{"MODEL"},
               {"INPUT", Align::kRight},
               {"OUTPUT", Align::kRight},
               {"COST", Align::kRight},
               {"SAVED", Align::kRight}});
  for (const CostRow& row : models.rows()) {
    table.AddRow({row.group(), CountText(row.fresh_input()),
                  CountText(row.output()), DollarText(row.cost_usd()),
                  row.group() == models.baseline()
                      ? ""
                      : SavingText(row.baseline_usd(), row.cost_usd())});
  }
  return table.Render(paint);
}

std::string RoiText(const GetCostReportResponse& from,
                    const GetCostReportResponse& to, Paint paint) {
  const double before = from.total().cost_usd();
  const double after = to.total().cost_usd();
  std::string text =
      Concat("From:\n", MonthTable(from).Render(paint), "\nTo:\n",
             MonthTable(to).Render(paint), "\n", DollarText(before),
             " a month become ", DollarText(after), ": ");
  if (after > before) {
    Append(text, DollarText(after - before), " more");
    if (before > 0) Append(text, " (", Percent((after - before) / before), ")");
  } else {
    Append(text, SavingText(before, after), " less");
  }
  return text + ".\n";
}

}  // namespace weir::cli
