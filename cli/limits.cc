#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "cli/in_place.h"
#include "cli/limits_text.h"
#include "cli/session.h"
#include "cli/verbs.h"

namespace weir::cli {
namespace {

absl::Status ShowLimits(Session& session) {
  const auto response = session.admin().Call(&AdminClient::Stub::GetLimits,
                                             admin::GetLimitsRequest());
  if (!response.ok()) return response.status();
  if (session.is_table()) {
    session.io().out << LimitsText(response->limits(), session.paint());
  } else {
    session.Print(*response);
  }
  return absl::OkStatus();
}

absl::Status WatchLimits(Session& session) {
  BeginWatch(session);
  return session.admin().Watch(
      &AdminClient::Stub::WatchLimits, admin::WatchLimitsRequest(),
      [&session](const admin::WatchLimitsResponse& response) {
        return ShowNext(session, response, [&](std::optional<int> columns) {
          return LimitsText(response.limits(), session.paint(), columns);
        });
      });
}

}  // namespace

void AddLimits(CLI::App& app, Session& session) {
  auto is_watched = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand(
      "limits", "Show what is used and left of every limit and budget");
  command->add_flag("-w,--watch", *is_watched,
                    "Go on showing it as it changes, until Ctrl-C");
  command->callback([&session, is_watched] {
    session.Choose(*is_watched ? WatchLimits : ShowLimits);
  });
}

}  // namespace weir::cli
