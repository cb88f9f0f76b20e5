#include "cli/decision_text.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cli/display_width.h"
#include "cli/table.h"
#include "cli/values.h"
#include "common/config/effective.h"

namespace weir::cli {
namespace {

using routing::v1::Decision;
using routing::v1::DecisionAttempt;
using routing::v1::DecisionCandidate;

std::string Took(const google::protobuf::Duration& duration) {
  return Milliseconds(absl::ToDoubleMilliseconds(config::ToDuration(duration)));
}

std::string TargetName(const std::string& provider,
                       const std::string& upstream_model) {
  return upstream_model.empty() ? provider : provider + '/' + upstream_model;
}

// Whether the client got what it wanted.
Color ColorOf(const Decision& decision) {
  if (decision.status() >= 500 || !decision.error_code().empty()) {
    return Color::kRed;
  }
  if (decision.status() == 0 || decision.status() >= 400) {
    return Color::kYellow;
  }
  return Color::kGreen;
}

std::string Verdict(const Decision& decision) {
  std::string verdict =
      decision.status() == 0
          ? "The client left before it had an answer"
          : absl::StrCat("The client got ", decision.status());
  if (!decision.error_code().empty()) {
    absl::StrAppend(&verdict, " (", Printable(decision.error_code()), ")");
  }
  absl::StrAppend(&verdict, " after ", Took(decision.duration()), ", in ",
                  decision.attempts_size(),
                  decision.attempts_size() == 1 ? " attempt" : " attempts");
  return verdict + '.';
}

std::string Asked(const Decision& decision) {
  std::string asked = "Key " + Printable(decision.client_key());
  if (decision.model().empty()) {
    asked += " asked a provider by its name";
  } else {
    asked += " asked for " + Printable(decision.model());
  }
  if (decision.stream()) asked += ", streamed";
  asked += "; class " + Printable(decision.request_class());
  if (decision.complexity() != config::v1::COMPLEXITY_UNSPECIFIED) {
    asked += ", " + Text(decision.complexity());
  }
  if (!decision.region().empty()) {
    asked += "; region " + Printable(decision.region());
  }
  return asked + '.';
}

std::string Ran(const Decision& decision) {
  std::string ran =
      absl::StrCat("Node ", Printable(decision.node_id()), " ran config ",
                   decision.config_epoch(), ".", decision.config_sequence());
  if (decision.weights_epoch() == 0) {
    return ran + " and had no weights yet.";
  }
  absl::StrAppend(&ran, ", weights ", decision.weights_epoch(), ".",
                  decision.weights_sequence(), ".");
  return ran;
}

// Empty where the provider reported nothing.
std::string Spent(const Decision& decision) {
  if (!decision.has_input_tokens() && !decision.has_output_tokens()) return "";
  std::string spent = absl::StrCat("Tokens: ", decision.input_tokens(), " in");
  if (decision.cached_input_tokens() > 0) {
    absl::StrAppend(&spent, " (", decision.cached_input_tokens(), " cached)");
  }
  absl::StrAppend(&spent, ", ", decision.output_tokens(), " out");
  if (decision.has_cost_usd()) {
    spent += "; $" + Number(decision.cost_usd(), 6);
  }
  return spent + ".\n";
}

Cell ResultCell(const DecisionAttempt& attempt) {
  if (attempt.blame().empty()) return {"answered", Color::kGreen};
  const bool is_theirs =
      attempt.blame() == "nobody" || attempt.blame() == "client";
  return {attempt.reason(), is_theirs ? Color::kYellow : Color::kRed};
}

Table Attempts(const Decision& decision) {
  Table table({{"ATTEMPT", Align::kRight},
               {"TARGET"},
               {"KEY", Align::kRight},
               {"BEGAN", Align::kRight},
               {"TOOK", Align::kRight},
               {"STATUS", Align::kRight},
               {"RESULT"},
               {"BLAMED"}});
  int number = 0;
  for (const DecisionAttempt& attempt : decision.attempts()) {
    table.AddRow({absl::StrCat(++number, attempt.hedge() ? " (hedge)" : ""),
                  TargetName(attempt.provider(), attempt.upstream_model()),
                  std::to_string(attempt.credential() + 1),
                  '+' + Took(attempt.began_after()), Took(attempt.duration()),
                  attempt.status() == 0 ? "" : std::to_string(attempt.status()),
                  ResultCell(attempt), attempt.blame()});
  }
  return table;
}

Table Candidates(const Decision& decision) {
  Table table({{"ORDER", Align::kRight},
               {"TARGET"},
               {"MODEL"},
               {"WEIGHT", Align::kRight},
               {"HERE", Align::kRight},
               {"RANK", Align::kRight},
               {"LEFT OUT"}});
  int order = 0;
  for (const DecisionCandidate& candidate : decision.candidates()) {
    const bool is_out = !candidate.excluded_because().empty();
    table.AddRow({is_out ? "" : std::to_string(++order),
                  TargetName(candidate.provider(), candidate.upstream_model()),
                  candidate.model(), Number(candidate.weight(), 3),
                  'x' + Number(candidate.local_factor(), 2),
                  std::to_string(candidate.rank()),
                  Cell(candidate.excluded_because(), Color::kYellow)});
  }
  return table;
}

std::string HowPicked(const Decision& decision) {
  return decision.by_affinity()
             ? "The first was picked by affinity: the conversation belongs "
               "there.\n"
             : "The first was picked by the draw " +
                   Number(decision.draw(), 4) + " of 1.\n";
}

}  // namespace

std::string RouteText(const Decision& decision) {
  std::string route;
  for (const DecisionAttempt& attempt : decision.attempts()) {
    if (!route.empty()) route += ", ";
    route += attempt.provider();
    if (!attempt.reason().empty()) route += ' ' + attempt.reason();
  }
  return route.empty() ? "nobody could be asked" : route;
}

std::string DecisionText(const Decision& decision, absl::Time now,
                         Paint paint) {
  const absl::Time received = ToTime(decision.received_at());
  std::string text = Printable(decision.request_id()) + ", " +
                     absl::FormatTime("%Y-%m-%d %H:%M:%E3S UTC", received,
                                      absl::UTCTimeZone()) +
                     " (" + Age(now - received) + " ago)\n";
  text += Painted(Verdict(decision), ColorOf(decision), paint) + '\n';
  text += Asked(decision) + '\n' + Ran(decision) + '\n' + Spent(decision);
  if (decision.attempts_size() > 0) {
    text += '\n' + Attempts(decision).Render(paint);
  }
  if (decision.candidates_size() > 0) {
    text += '\n' + Candidates(decision).Render(paint) + HowPicked(decision);
  }
  return text;
}

}  // namespace weir::cli
