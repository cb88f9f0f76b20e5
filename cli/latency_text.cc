#include "cli/latency_text.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "cli/values.h"

namespace weir::cli {
namespace {

namespace admin = ::weir::admin::v1;

// `eu 120 ms, us 300 ms`.
std::string Regions(const admin::TargetStatus& target) {
  std::string text;
  for (const admin::RegionLatency& region : target.regions()) {
    if (!text.empty()) text += ", ";
    text += region.region().empty() ? "*" : region.region();
    text += ' ' + Milliseconds(region.latency_ms());
  }
  return text;
}

// `120 118 131`, in whole milliseconds, newest first.
std::string History(const admin::TargetStatus& target) {
  std::string text;
  for (const double latency : target.latency_history_ms()) {
    if (!text.empty()) text += ' ';
    text += Number(latency, 0);
  }
  return text;
}

}  // namespace

std::string LatencyText(const admin::Status& status, Paint paint,
                        std::optional<int> columns) {
  Table table({{"PROVIDER"},
               {"UPSTREAM"},
               {"LATENCY", Align::kRight},
               {"P95", Align::kRight},
               {"LAST 5", Align::kRight},
               {"HEADROOM", Align::kRight},
               {"BY REGION"},
               {"LAST 10 (ms, newest first)"}});
  std::set<std::pair<std::string, std::string>> seen;
  for (const admin::ModelStatus& model : status.models()) {
    for (const admin::TargetStatus& target : model.targets()) {
      if (!seen.emplace(target.provider(), target.upstream_model()).second) {
        continue;
      }
      table.AddRow(
          {target.provider(), target.upstream_model(),
           target.has_latency_ms() ? Milliseconds(target.latency_ms()) : "",
           target.has_latency_p95_ms() ? Milliseconds(target.latency_p95_ms())
                                       : "",
           target.has_latency_average_ms()
               ? Milliseconds(target.latency_average_ms())
               : "",
           target.has_headroom() ? Percent(target.headroom()) : "",
           Regions(target), History(target)});
    }
  }
  return table.Render(paint, columns);
}

}  // namespace weir::cli
