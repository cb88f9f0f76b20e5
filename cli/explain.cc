#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cli/decision_text.h"
#include "cli/session.h"
#include "cli/table.h"
#include "cli/values.h"
#include "cli/verbs.h"
#include "common/config/effective.h"

namespace weir::cli {
namespace {

struct Flags {
  std::string request_id;
  bool recent = false;
  std::uint32_t number = 20;
};

Table Recent(const admin::ListDecisionsResponse& response) {
  Table table({{"TIME"},
               {"REQUEST"},
               {"NODE"},
               {"MODEL"},
               {"STATUS", Align::kRight},
               {"TOOK", Align::kRight},
               {"ROUTE"}});
  for (const routing::v1::Decision& decision : response.decisions()) {
    const bool failed =
        decision.status() >= 500 || !decision.error_code().empty();
    table.AddRow(
        {absl::FormatTime("%H:%M:%E3S", ToTime(decision.received_at()),
                          absl::UTCTimeZone()),
         decision.request_id(), decision.node_id(), decision.model(),
         Cell(decision.status() == 0 ? "" : std::to_string(decision.status()),
              failed ? Color::kRed : Color::kNone),
         Milliseconds(absl::ToDoubleMilliseconds(
             config::ToDuration(decision.duration()))),
         RouteText(decision)});
  }
  return table;
}

// What is missing may be what is looked for.
void WarnOfSilentNodes(const admin::ListDecisionsResponse& response,
                       Session& session) {
  if (response.silent_nodes().empty()) return;
  session.io().err << "weirctl: no answer in time from "
                   << Join(response.silent_nodes()) << '\n';
}

absl::Status Explain(const Flags& flags, Session& session) {
  if (flags.request_id.empty() != flags.recent) {
    return absl::InvalidArgumentError(
        "name a request, as in its x-request-id, or give --recent");
  }
  admin::ListDecisionsRequest request;
  request.set_request_id(flags.request_id);
  request.set_limit(flags.number);
  auto response =
      session.admin().Call(&AdminClient::Stub::ListDecisions, request);
  if (!response.ok()) return response.status();
  // Each node gave so many.
  const int most = static_cast<int>(flags.number);
  if (response->decisions_size() > most) {
    response->mutable_decisions()->DeleteSubrange(
        most, response->decisions_size() - most);
  }
  if (!session.is_table()) {
    session.Print(*response);
  } else if (flags.recent) {
    session.Print(Recent(*response));
  } else {
    for (const routing::v1::Decision& decision : response->decisions()) {
      session.io().out << DecisionText(decision, session.io().clock.WallNow(),
                                       session.paint());
    }
  }
  WarnOfSilentNodes(*response, session);
  return absl::OkStatus();
}

}  // namespace

void AddExplain(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand(
      "explain",
      "Show how a request was routed, and why; the nodes remember those that "
      "failed or were tried again, and a sample of the others");
  const auto flags = std::make_shared<Flags>();
  command->add_option("REQUEST_ID", flags->request_id,
                      "The answer's x-request-id");
  command->add_flag("--recent", flags->recent, "List the latest requests");
  command->add_option("-n,--number", flags->number, "At most so many requests")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command->callback([flags, &session] {
    session.Choose(
        [flags](Session& chosen) { return Explain(*flags, chosen); });
  });
}

}  // namespace weir::cli
