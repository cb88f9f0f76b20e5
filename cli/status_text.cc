#include "cli/status_text.h"

#include <optional>
#include <string>

#include "cli/display_width.h"
#include "cli/values.h"
#include "common/config/effective.h"

namespace weir::cli {
namespace {

namespace admin = ::weir::admin::v1;

// `connection refused (12s ago)`.
std::string LastError(const admin::TargetStatus& target, absl::Time now) {
  if (target.last_error().empty() || !target.has_last_failure()) {
    return target.last_error();
  }
  return target.last_error() + " (" + Age(now - ToTime(target.last_failure())) +
         " ago)";
}

void AddTarget(const admin::ModelStatus& model,
               const admin::TargetStatus& target, absl::Time now,
               Table& table) {
  table.AddRow(
      {model.model(), target.provider(), target.upstream_model(),
       StateCell(target.state()),
       target.has_score() ? Number(target.score(), 0) : "",
       Number(target.weight(), 3),
       target.has_latency_ms() ? Milliseconds(target.latency_ms()) : "",
       target.has_latency_p95_ms() ? Milliseconds(target.latency_p95_ms()) : "",
       target.has_success_rate() ? Percent(target.success_rate()) : "",
       LastError(target, now)});
}

std::string Notes(const admin::Status& status, Paint paint) {
  std::string notes;
  for (const admin::ModelStatus& model : status.models()) {
    if (config::EffectiveMode(model.mode()) != config::v1::MODE_ENABLED) {
      notes += "model " + model.model() + " is " + Text(model.mode()) + '\n';
    } else if (model.panic()) {
      notes += Painted("model " + model.model() +
                           ": too few targets are usable, health is ignored",
                       Color::kRed, paint) +
               '\n';
    } else if (!model.usable()) {
      notes += Painted("model " + model.model() + ": no target is usable",
                       Color::kRed, paint) +
               '\n';
    }
  }
  for (const std::string& problem : status.problems()) {
    notes +=
        Painted("problem: " + Printable(problem), Color::kRed, paint) + '\n';
  }
  return notes;
}

}  // namespace

std::string StatusText(const admin::Status& status, absl::Time now, Paint paint,
                       std::optional<int> columns) {
  Table table({{"MODEL"},
               {"PROVIDER"},
               {"UPSTREAM"},
               {"STATE"},
               {"SCORE", Align::kRight},
               {"WEIGHT", Align::kRight},
               {"LATENCY", Align::kRight},
               {"P95", Align::kRight},
               {"SUCCESS", Align::kRight},
               {"LAST ERROR"}});
  for (const admin::ModelStatus& model : status.models()) {
    for (const admin::TargetStatus& target : model.targets()) {
      AddTarget(model, target, now, table);
    }
  }
  return table.Render(paint, columns) + Notes(status, paint) +
         std::to_string(status.nodes_connected()) +
         (status.nodes_connected() == 1 ? " node" : " nodes") +
         " connected, revision " + std::to_string(status.revision()) + '\n';
}

}  // namespace weir::cli
