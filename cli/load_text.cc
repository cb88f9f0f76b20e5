#include "cli/load_text.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "cli/cost_text.h"
#include "cli/display_width.h"
#include "cli/values.h"
#include "common/concat.h"

namespace weir::cli {
namespace {

using v1::LoadTest;
using v1::ProviderLoad;

constexpr std::string_view kFilled = "\u2588";
constexpr std::string_view kHalfFilled = "\u2592";
constexpr std::string_view kLight = "\u2591";
constexpr int kNarrowest = 10;
constexpr int kWidest = 100;

// From when on a success rate is fine, and from when on it is bearable.
constexpr double kFine = 0.99;
constexpr double kBearable = 0.9;

Cell SuccessCell(const ProviderLoad& row) {
  if (!row.has_success_rate()) return {""};
  const double rate = row.success_rate();
  const Color color = rate >= kFine       ? Color::kGreen
                      : rate >= kBearable ? Color::kYellow
                                          : Color::kRed;
  return {Percent(rate), color};
}

Cell CostCell(bool is_known, double usd) {
  if (!is_known) return {"unknown", Color::kYellow};
  return {DollarText(usd)};
}

std::string Optional(bool is_known, double ms) {
  return is_known ? Milliseconds(ms) : "";
}

Table LoadTable(const LoadTest& test) {
  Table table({{"PROVIDER"},
               {"REQUESTS", Align::kRight},
               {"OK", Align::kRight},
               {"AVERAGE", Align::kRight},
               {"P50", Align::kRight},
               {"P95", Align::kRight},
               {"P99", Align::kRight},
               {"FIRST TOKEN", Align::kRight},
               {"TOKENS/S", Align::kRight},
               {"OUTPUT", Align::kRight},
               {"COST", Align::kRight},
               {"10M OUT", Align::kRight}});
  for (const ProviderLoad& row : test.providers()) {
    table.AddRow(
        {row.provider(), CountText(row.requests()), SuccessCell(row),
         Optional(row.has_average_ms(), row.average_ms()),
         Optional(row.has_p50_ms(), row.p50_ms()),
         Optional(row.has_p95_ms(), row.p95_ms()),
         Optional(row.has_p99_ms(), row.p99_ms()),
         Optional(row.has_first_token_average_ms(),
                  row.first_token_average_ms()),
         row.has_tokens_per_second() ? Number(row.tokens_per_second(), 0) : "",
         CountText(row.output_tokens()),
         CostCell(row.has_cost_usd(), row.cost_usd()),
         CostCell(row.has_cost_10m_usd(), row.cost_10m_usd())});
  }
  return table;
}

std::string Repeat(std::string_view text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text;
  return repeated;
}

std::string Padded(const std::string& text, int width) {
  return text + Repeat(" ", width - DisplayWidth(text));
}

}  // namespace

std::string LatencyChart(const LoadTest& test, int columns) {
  double longest = 0;
  int name_width = 0;
  for (const ProviderLoad& row : test.providers()) {
    longest = std::max(longest, row.p99_ms());
    name_width = std::max(name_width, DisplayWidth(Printable(row.provider())));
  }
  if (longest <= 0) return "";
  // Two spaces on either side of the bar, and `999.99 s`.
  constexpr int kBeside = 12;
  const int room =
      std::clamp(columns - name_width - kBeside, kNarrowest, kWidest);
  const auto cells = [&](double ms) {
    return static_cast<int>(std::lround(ms / longest * room));
  };
  std::string chart;
  for (const ProviderLoad& row : test.providers()) {
    Append(chart, Padded(Printable(row.provider()), name_width));
    if (row.has_p50_ms()) {
      // What was measured is seen, however short it is beside the others.
      const int half = std::max(1, cells(row.p50_ms()));
      const int most = std::max(half, cells(row.p95_ms()));
      const int all = std::max(most, cells(row.p99_ms()));
      Append(chart, "  ", Repeat(kFilled, half),
             Repeat(kHalfFilled, most - half), Repeat(kLight, all - most), "  ",
             Milliseconds(row.p99_ms()));
    }
    chart += '\n';
  }
  return chart;
}

absl::Status LoadVerdict(const LoadTest& test) {
  std::string silent;
  for (const ProviderLoad& row : test.providers()) {
    if (row.succeeded() > 0) continue;
    Append(silent, silent.empty() ? "" : ", ", row.provider());
  }
  if (silent.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      Concat("no request succeeded at ", silent));
}

std::string LoadText(const LoadTest& test, Paint paint, int columns) {
  std::string text = LoadTable(test).Render(paint);
  const std::string chart = LatencyChart(test, columns);
  if (!chart.empty()) {
    Append(text, "\nLatency: ", kFilled, " half of the answers, ", kHalfFilled,
           " 95 %, ", kLight, " 99 %\n", chart);
  }
  if (!test.notes().empty()) text += '\n';
  for (const std::string& note : test.notes()) {
    Append(text, Printable(note), "\n");
  }
  return text;
}

}  // namespace weir::cli
