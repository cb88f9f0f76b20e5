#include "cli/status_text.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/display_width.h"
#include "cli/values.h"
#include "common/config/effective.h"

namespace weir::cli {
namespace {

namespace admin = ::weir::admin::v1;

Cell CredentialCell(admin::CredentialState state) {
  switch (state) {
    case admin::CREDENTIAL_STATE_USABLE:
      return {"usable", Color::kGreen};
    case admin::CREDENTIAL_STATE_REFUSED:
      return {"refused", Color::kRed};
    case admin::CREDENTIAL_STATE_MISSING:
      return {"missing", Color::kYellow};
    default:
      return "";
  }
}

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

std::string CredentialNotes(const admin::ProviderStatus& provider,
                            Paint paint) {
  std::string active = "none is left";
  for (const admin::CredentialStatus& credential : provider.credentials()) {
    if (credential.active()) active = credential.reference() + " is used";
  }
  std::string notes;
  for (const admin::CredentialStatus& credential : provider.credentials()) {
    if (credential.state() != admin::CREDENTIAL_STATE_REFUSED) continue;
    notes += Painted("provider " + provider.provider() + " refuses " +
                         credential.reference() + " (" +
                         Printable(credential.reason()) + "); " + active,
                     Color::kRed, paint) +
             '\n';
  }
  return notes;
}

std::string Notes(const admin::Status& status, Paint paint) {
  std::string notes;
  for (const admin::ProviderStatus& provider : status.providers()) {
    notes += CredentialNotes(provider, paint);
  }
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

std::string ProvidersText(const admin::Status& status, Paint paint) {
  Table table({{"PROVIDER"},
               {"PROBES", Align::kRight},
               {"COST", Align::kRight},
               {"BUDGET", Align::kRight},
               {"CREDENTIAL"},
               {"STATE"},
               {"USED"},
               {"WHY"}});
  for (const admin::ProviderStatus& provider : status.providers()) {
    const std::vector<Cell> shared = {
        provider.provider(), std::to_string(provider.probes_today()),
        Cell('$' + Number(provider.probe_cost_today_usd(), 6),
             provider.probe_budget_reached() ? Color::kYellow : Color::kNone),
        '$' + Number(provider.probe_budget_usd(), 2)};
    for (const admin::CredentialStatus& credential : provider.credentials()) {
      std::vector<Cell> cells = shared;
      cells.insert(cells.end(),
                   {credential.reference(), CredentialCell(credential.state()),
                    credential.active() ? "yes" : "", credential.reason()});
      table.AddRow(std::move(cells));
    }
    if (!provider.credentials().empty()) continue;
    std::vector<Cell> cells = shared;
    cells.insert(cells.end(), {"", "", "", ""});
    table.AddRow(std::move(cells));
  }
  return table.Render(paint);
}

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
