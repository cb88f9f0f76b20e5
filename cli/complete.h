// What could stand where the cursor is, for the shells' completion scripts.
#ifndef WEIR_CLI_COMPLETE_H_
#define WEIR_CLI_COMPLETE_H_

#include <CLI/App.hpp>
#include <functional>
#include <string>
#include <vector>

#include "cli/io.h"

namespace weir::cli {

enum class Noun { kProvider, kModel, kKey, kGroup };

// The names that the registry has of a kind.
using NameSource = std::function<std::vector<std::string>(Noun)>;

// Continuations of the last of `words`, which stand after `weirctl` and of
// which the last may be empty. Empty where only the shell knows, as for files.
std::vector<std::string> Complete(const CLI::App& app,
                                  const std::vector<std::string>& words,
                                  const NameSource& names);

// The names of `app`'s subcommands, in the order of --help.
std::vector<std::string> Verbs(const CLI::App& app);

// Asks the server that `words` or the environment name, for a second at most.
// Nothing when it does not answer: a completion that fails is silent.
NameSource ServerNames(const Io& io, const std::vector<std::string>& words);

}  // namespace weir::cli

#endif  // WEIR_CLI_COMPLETE_H_
