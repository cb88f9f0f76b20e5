#include "cli/simulation_text.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "cli/display_width.h"
#include "cli/values.h"
#include "common/config/effective.h"
#include "common/ids.h"

namespace weir::cli {
namespace {

namespace admin = ::weir::admin::v1;

// More decisions than this nobody reads; the counts tell of all.
constexpr int kMaxMoves = 20;

std::string Latency(const google::protobuf::Duration& latency) {
  return Milliseconds(absl::ToDoubleMilliseconds(config::ToDuration(latency)));
}

std::string Dollars(double amount) { return absl::StrFormat("$%.2f", amount); }

void AddPart(const admin::SimulatedPart& part, Table& table) {
  for (const admin::SimulatedTarget& target : part.targets()) {
    table.AddRow(
        {part.model(), Text(part.complexity()),
         part.region().empty() ? "*" : part.region(), target.model(),
         target.provider(), target.upstream_model(), StateCell(target.state()),
         Percent(target.share()), Number(target.requests_per_second(), 2),
         target.has_latency() ? Latency(target.latency()) : "",
         target.has_cost_month_usd() ? Dollars(target.cost_month_usd()) : ""});
  }
}

std::string PartName(const admin::SimulatedPart& part) {
  std::string name = Printable(part.model()) + ", " + Text(part.complexity());
  if (!part.region().empty()) name += ", from " + Printable(part.region());
  return name;
}

std::string PartSummary(const admin::SimulatedPart& part, Paint paint) {
  if (part.unserved()) {
    return Painted(PartName(part) + ": no target is usable, requests fail",
                   Color::kRed, paint) +
           '\n';
  }
  std::string summary = PartName(part) + ": " +
                        Number(part.requests_per_second(), 2) + " requests/s";
  if (part.has_latency()) {
    summary += ", expected latency " + Latency(part.latency());
  }
  if (part.has_cost_month_usd()) {
    summary += ", " + Dollars(part.cost_month_usd()) + " a month";
  }
  return summary + '\n';
}

std::string Limits(const admin::Simulation& simulation, Paint paint) {
  if (simulation.limits().empty()) return "";
  Table table({{"PROVIDER"},
               {"LIMIT"},
               {"ASKED", Align::kRight},
               {"ALLOWED", Align::kRight},
               {"VERDICT"}});
  for (const admin::SimulatedLimit& limit : simulation.limits()) {
    table.AddRow({limit.provider(), limit.limit(), Number(limit.asked(), 1),
                  Number(limit.allowed(), 1),
                  limit.breaks() ? Cell("breaks", Color::kRed)
                                 : Cell("holds", Color::kGreen)});
  }
  return '\n' + table.Render(paint);
}

std::string PlaceText(const std::string& place) {
  return place.empty() ? "nobody" : place;
}

std::string Moves(const admin::Replay& replay, Paint paint) {
  if (replay.moves().empty()) return "";
  Table table({{"REQUEST"}, {"MODEL"}, {"BEFORE"}, {"NOW"}});
  for (int i = 0; i < std::min(replay.moves_size(), kMaxMoves); ++i) {
    const admin::ReplayedDecision& move = replay.moves(i);
    table.AddRow({move.request_id(), move.model(), PlaceText(move.before()),
                  PlaceText(move.now())});
  }
  std::string text = '\n' + table.Render(paint);
  if (replay.moves_size() > kMaxMoves) {
    absl::StrAppend(&text, "and ", replay.moves_size() - kMaxMoves,
                    " more; -o json has them all\n");
  }
  return text;
}

std::string ReplayText(const admin::Replay& replay, Paint paint) {
  std::string text =
      absl::StrCat("\nOf ", replay.decisions(), " recorded decisions ",
                   replay.moved(), " would go elsewhere");
  if (replay.skipped() > 0) {
    absl::StrAppend(&text, "; ", replay.skipped(),
                    " were left out, as their model is not among these "
                    "resources");
  }
  text += ".\n";
  Table table(
      {{"ASKED FIRST"}, {"RECORDED", Align::kRight}, {"NOW", Align::kRight}});
  for (const admin::ReplayedTarget& target : replay.targets()) {
    table.AddRow(
        {target.provider().empty()
             ? "nobody"
             : MakeTargetId(target.provider(), target.upstream_model()).value,
         std::to_string(target.recorded()), std::to_string(target.replayed())});
  }
  text += table.Render(paint);
  if (replay.recorded_cost_usd() > 0) {
    text += "Cost of those whose price and tokens are known: $" +
            Number(replay.recorded_cost_usd(), 6) + " then, $" +
            Number(replay.replayed_cost_usd(), 6) + " now.\n";
  }
  return text + Moves(replay, paint);
}

}  // namespace

std::string SimulationText(const admin::Simulation& simulation, Paint paint) {
  Table table({{"MODEL"},
               {"KIND"},
               {"REGION"},
               {"SERVED BY"},
               {"PROVIDER"},
               {"UPSTREAM"},
               {"STATE"},
               {"SHARE", Align::kRight},
               {"REQ/S", Align::kRight},
               {"LATENCY", Align::kRight},
               {"A MONTH", Align::kRight}});
  for (const admin::SimulatedPart& part : simulation.parts()) {
    AddPart(part, table);
  }
  std::string text = table.Render(paint) + '\n';
  for (const admin::SimulatedPart& part : simulation.parts()) {
    text += PartSummary(part, paint);
  }
  if (simulation.parts_size() > 1 && simulation.has_cost_month_usd()) {
    text +=
        "All together: " + Dollars(simulation.cost_month_usd()) + " a month\n";
  }
  text += Limits(simulation, paint);
  if (simulation.has_replay()) text += ReplayText(simulation.replay(), paint);
  if (!simulation.notes().empty()) text += '\n';
  for (const std::string& note : simulation.notes()) {
    text += "note: " + Printable(note) + '\n';
  }
  return text;
}

}  // namespace weir::cli
