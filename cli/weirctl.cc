#include "cli/weirctl.h"

#include <CLI/CLI.hpp>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "cli/complete.h"
#include "cli/display_width.h"
#include "cli/exit_code.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "common/ops/flags.h"

namespace weir::cli {
namespace {

// What completion scripts call; not for people, so not in --help.
constexpr std::string_view kComplete = "__complete";

void SetUp(CLI::App& app, Session& session) {
  app.description("weirctl: looks at a weir control plane and changes it");
  // Global flags may stand behind the verb; subcommands inherit this.
  app.fallthrough();
  session.AddFlags(app);
  AddVerbs(app, session);
  app.footer(kExitCodes);
  ops::AddConventions(app, "weirctl");
}

// `weirctl provider`, say, which says of what but not what.
absl::Status MissingVerb(const CLI::App& app) {
  const CLI::App* last = &app;
  std::string line = "weirctl";
  while (!last->get_subcommands().empty()) {
    last = last->get_subcommands().front();
    line += ' ' + last->get_name();
  }
  std::string verbs;
  for (const std::string& verb : Verbs(*last)) {
    if (!verbs.empty()) verbs += ", ";
    verbs += verb;
  }
  return absl::InvalidArgumentError("a verb is missing; " + line +
                                    " takes one of " + verbs);
}

int PrintCandidates(const CLI::App& app, const std::vector<std::string>& words,
                    const Io& io) {
  for (const auto& word : Complete(app, words, ServerNames(io, words))) {
    io.out << Printable(word) << '\n';
  }
  return kOk;
}

// Several problems get a line each, so that editors find `file:line:`.
void PrintError(std::ostream& err, const absl::Status& status) {
  const std::string message(status.message());
  const bool is_list =
      ExitCodeOf(status) == kRefused && message.find('\n') != std::string::npos;
  err << "weirctl: " << (is_list ? "refused:\n" : "");
  std::istringstream lines(message);
  for (std::string line; std::getline(lines, line);) {
    err << Printable(line) << '\n';
  }
}

}  // namespace

int RunWeirctl(int argc, char** argv, const Io& io) {
  Session session(io);
  CLI::App app;
  SetUp(app, session);
  if (argc > 1 && argv[1] == kComplete) {
    return PrintCandidates(app, {argv + 2, argv + argc}, io);
  }
  if (const std::optional<int> code = ops::ParseCommandLine(app, argc, argv)) {
    return *code;
  }
  const absl::Status status =
      session.has_action() ? session.Run() : MissingVerb(app);
  io.out.flush();
  if (!status.ok()) PrintError(io.err, status);
  return ExitCodeOf(status);
}

}  // namespace weir::cli
