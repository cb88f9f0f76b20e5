#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cli/session.h"
#include "cli/values.h"
#include "cli/verbs.h"

namespace weir::cli {
namespace {

constexpr std::uint32_t kMaxLimit = 1000;

absl::Status Events(Session& session, std::uint32_t limit) {
  admin::ListEventsRequest request;
  request.set_limit(limit);
  const auto response =
      session.admin().Call(&AdminClient::Stub::ListEvents, request);
  if (!response.ok()) return response.status();
  if (!session.is_table()) {
    session.Print(*response);
    return absl::OkStatus();
  }
  Table table({{"TIME"}, {"KIND"}, {"SUBJECT"}, {"EVENT"}});
  for (const admin::Event& event : response->events()) {
    table.AddRow({absl::FormatTime("%Y-%m-%d %H:%M:%S UTC",
                                   ToTime(event.time()), absl::UTCTimeZone()),
                  event.kind(), event.subject(), event.text()});
  }
  session.Print(table);
  return absl::OkStatus();
}

}  // namespace

void AddEvents(CLI::App& app, Session& session) {
  auto limit = std::make_shared<std::uint32_t>(100);
  CLI::App* command = app.add_subcommand(
      "events", "Show what happened lately, the newest first");
  command->add_option("--limit", *limit, "At most so many, 1 to 1000")
      ->check(CLI::Range(std::uint32_t{1}, kMaxLimit))
      ->capture_default_str();
  command->callback([&session, limit] {
    session.Choose([limit](Session& s) { return Events(s, *limit); });
  });
}

}  // namespace weir::cli
