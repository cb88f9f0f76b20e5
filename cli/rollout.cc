#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "cli/rollout_text.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "common/concat.h"
#include "common/ops/flags.h"

namespace weir::cli {
namespace {

using Stub = AdminClient::Stub;

constexpr absl::Duration kBetween = absl::Milliseconds(200);

struct StatusOptions {
  bool wait = false;
  absl::Duration within = absl::Minutes(10);
};

absl::StatusOr<admin::Rollout> Ask(Session& session) {
  const auto response =
      session.admin().Call(&Stub::GetRollout, admin::GetRolloutRequest());
  if (!response.ok()) return response.status();
  return response->rollout();
}

absl::Status ShowStatus(Session& session, const StatusOptions& options) {
  const absl::Time until = absl::Now() + options.within;
  absl::StatusOr<admin::Rollout> rollout = Ask(session);
  while (options.wait && rollout.ok() && IsUnderWay(*rollout)) {
    if (absl::Now() >= until) {
      return absl::DeadlineExceededError(
          Concat("still under way after ", absl::FormatDuration(options.within),
                 ": ", RolloutSentence(*rollout)));
    }
    absl::SleepFor(kBetween);
    rollout = Ask(session);
  }
  if (!rollout.ok()) return rollout.status();
  if (session.is_table()) {
    session.io().out << RolloutSentence(*rollout) << ".\n";
    session.Print(RunningTable(*rollout));
  } else {
    session.Print(*rollout);
  }
  if (rollout->phase() != admin::ROLLOUT_PHASE_HALTED) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "the roll-out is halted; change the configuration, or give it to all "
      "nodes nevertheless: weirctl rollout resume");
}

template <typename Request, typename Response>
absl::Status Do(Session& session,
                grpc::Status (Stub::*method)(grpc::ClientContext*,
                                             const Request&, Response*),
                const char* done) {
  const auto response = session.admin().Call(method, Request());
  if (!response.ok()) return response.status();
  if (session.is_table()) {
    session.io().out << done << '\n';
  } else {
    session.Print(*response);
  }
  return absl::OkStatus();
}

}  // namespace

void AddRollout(CLI::App& app, Session& session) {
  CLI::App& parent = *app.add_subcommand(
      "rollout", "Show how far a change of the configuration has got");
  auto options = std::make_shared<StatusOptions>();
  CLI::App* status = parent.add_subcommand(
      "status",
      "Show what is rolled out and what nodes run; fails when halted");
  status->add_flag(
      "--wait", options->wait,
      "Wait until all nodes run what they should: it, or what they "
      "went back to");
  ops::AddDuration(*status, "--within", options->within,
                   "How long --wait waits")
      ->capture_default_str();
  status->callback([&session, options] {
    session.Choose([options](Session& s) { return ShowStatus(s, *options); });
  });
  parent
      .add_subcommand("resume",
                      "Give what was halted, or is being rolled out, to all "
                      "nodes at once, whatever they say")
      ->callback([&session] {
        session.Choose([](Session& s) {
          return Do(s, &Stub::ResumeRollout, "all nodes are given it.");
        });
      });
  parent
      .add_subcommand("abort",
                      "End a roll-out: nodes go back to the last good one")
      ->callback([&session] {
        session.Choose([](Session& s) {
          return Do(s, &Stub::AbortRollout,
                    "nodes go back to the last good configuration.");
        });
      });
}

}  // namespace weir::cli
