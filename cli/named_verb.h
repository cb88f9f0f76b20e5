// Verbs of the forms `weirctl NOUN VERB NAME` and `weirctl NOUN set -f FILE`.
#ifndef WEIR_CLI_NAMED_VERB_H_
#define WEIR_CLI_NAMED_VERB_H_

#include <CLI/App.hpp>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "cli/session.h"

namespace weir::cli {

// Gets what stands after the verb: a name, or a path.
using NamedAction = std::function<absl::Status(Session&, const std::string&)>;

// Returns the new subcommand, for options of its own.
CLI::App* AddNamed(CLI::App& parent, Session& session, const std::string& verb,
                   const std::string& help, NamedAction action);

// The verb is `set`, the path comes with -f.
void AddFromFile(CLI::App& parent, Session& session, const std::string& help,
                 NamedAction action);

}  // namespace weir::cli

#endif  // WEIR_CLI_NAMED_VERB_H_
