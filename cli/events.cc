#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cli/display_width.h"
#include "cli/session.h"
#include "cli/values.h"
#include "cli/verbs.h"

namespace weir::cli {
namespace {

constexpr std::uint32_t kMaxLimit = 1000;

// `token ci (operator)`, `weir`; a dash where nobody knows.
std::string ActorText(const admin::Event& event) {
  if (event.actor().empty()) return "-";
  return event.role().empty()
             ? event.actor()
             : absl::StrCat(event.actor(), " (", event.role(), ")");
}

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
  Table table({{"TIME"}, {"KIND"}, {"SUBJECT"}, {"BY"}, {"EVENT"}});
  for (const admin::Event& event : response->events()) {
    table.AddRow({TimeText(event.time()), event.kind(), event.subject(),
                  ActorText(event), event.text()});
  }
  session.Print(table);
  return absl::OkStatus();
}

// Events of `response` after `last_id`, oldest first; each once.
absl::Status ShowNew(Session& session,
                     const admin::WatchEventsResponse& response,
                     std::uint64_t& last_id) {
  std::ostream& out = session.io().out;
  for (auto event = response.events().rbegin();
       event != response.events().rend(); ++event) {
    if (event->id() <= last_id) continue;
    if (last_id != 0 && event->id() > last_id + 1) {
      session.io().err << "weirctl: more happened in between than could be "
                          "shown; see weirctl events\n";
    }
    last_id = event->id();
    if (session.is_table()) {
      out << TimeText(event->time()) << "  " << Printable(event->kind()) << "  "
          << Printable(ActorText(*event)) << "  " << Printable(event->text())
          << '\n';
    } else {
      session.PrintStreamed(*event);
    }
  }
  return session.StillRead();
}

absl::Status WatchEvents(Session& session) {
  std::uint64_t last_id = 0;
  return session.admin().Watch(&AdminClient::Stub::WatchEvents,
                               admin::WatchEventsRequest(),
                               [&](const admin::WatchEventsResponse& response) {
                                 return ShowNew(session, response, last_id);
                               });
}

}  // namespace

void AddEvents(CLI::App& app, Session& session) {
  auto limit = std::make_shared<std::uint32_t>(100);
  CLI::App* command = app.add_subcommand(
      "events", "Show what happened lately, the newest first");
  command->add_option("--limit", *limit, "At most so many, 1 to 1000")
      ->check(CLI::Range(std::uint32_t{1}, kMaxLimit))
      ->capture_default_str();
  auto is_watched = std::make_shared<bool>(false);
  command->add_flag("-w,--watch", *is_watched,
                    "Begin with the latest 100, oldest first, and go on as "
                    "more happens, until Ctrl-C");
  command->callback([&session, limit, is_watched] {
    session.Choose([limit, is_watched](Session& s) {
      return *is_watched ? WatchEvents(s) : Events(s, *limit);
    });
  });
}

}  // namespace weir::cli
