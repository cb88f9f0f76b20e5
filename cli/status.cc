#include "absl/status/status.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "cli/in_place.h"
#include "cli/latency_text.h"
#include "cli/session.h"
#include "cli/status_text.h"
#include "cli/verbs.h"

namespace weir::cli {
namespace {

absl::Status ShowOnce(Session& session) {
  const auto response = session.admin().Call(&AdminClient::Stub::GetStatus,
                                             admin::GetStatusRequest());
  if (!response.ok()) return response.status();
  if (session.is_table()) {
    session.io().out << StatusText(
        response->status(), session.io().clock.WallNow(), session.paint());
  } else {
    session.Print(*response);
  }
  return absl::OkStatus();
}

// The status, seen from another side.
using Side = std::string (*)(const admin::Status&, Paint);
absl::Status ShowSide(Session& session, Side text) {
  const auto response = session.admin().Call(&AdminClient::Stub::GetStatus,
                                             admin::GetStatusRequest());
  if (!response.ok()) return response.status();
  if (session.is_table()) {
    session.io().out << text(response->status(), session.paint());
  } else {
    session.Print(*response);
  }
  return absl::OkStatus();
}

absl::Status ShowLatency(Session& session) {
  return ShowSide(session, [](const admin::Status& status, Paint paint) {
    return LatencyText(status, paint);
  });
}

absl::Status ShowProviders(Session& session) {
  return ShowSide(session, ProvidersText);
}

absl::Status Watch(Session& session) {
  BeginWatch(session);
  return session.admin().Watch(
      &AdminClient::Stub::WatchStatus, admin::WatchStatusRequest(),
      [&session](const admin::WatchStatusResponse& response) {
        return ShowNext(session, response, [&](std::optional<int> columns) {
          return StatusText(response.status(), session.io().clock.WallNow(),
                            session.paint(), columns);
        });
      });
}

}  // namespace

void AddStatus(CLI::App& app, Session& session) {
  auto is_watched = std::make_shared<bool>(false);
  auto is_latency = std::make_shared<bool>(false);
  auto is_providers = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand(
      "status", "Show state, score, weight and latency of every target");
  CLI::Option* watch =
      command->add_flag("-w,--watch", *is_watched,
                        "Go on showing it as it changes, until Ctrl-C");
  command
      ->add_flag("--latency", *is_latency,
                 "Show the last latencies of every target, and as each region "
                 "measures them")
      ->excludes(watch);
  command
      ->add_flag("--providers", *is_providers,
                 "Show each provider's credentials, and what probing it has "
                 "cost today")
      ->excludes(watch);
  command->callback([&session, is_watched, is_latency, is_providers] {
    session.Choose(*is_latency     ? ShowLatency
                   : *is_providers ? ShowProviders
                   : *is_watched   ? Watch
                                   : ShowOnce);
  });
}

}  // namespace weir::cli
