// Command lines: CLI11 with weir's conventions.
#ifndef WEIR_COMMON_OPS_FLAGS_H_
#define WEIR_COMMON_OPS_FLAGS_H_

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace weir::ops {

// Gives `app` --version and, for every option it has by now and gets no env
// name itself, the environment twin: --control-plane is WEIR_CONTROL_PLANE.
// Call it after all options were added.
void AddConventions(CLI::App& app, const std::string& binary);

// An option whose value is a duration: `10s`, `1m30s`, `250ms`.
CLI::Option* AddDuration(CLI::App& app, const std::string& name,
                         absl::Duration& value, const std::string& help);

// An option whose value is host:port. A wrong one is refused by name.
CLI::Option* AddAddress(CLI::App& app, const std::string& name,
                        std::string& value, const std::string& help);

// The same where it is called and not listened on: port 0 is refused.
CLI::Option* AddCalledAddress(CLI::App& app, const std::string& name,
                              std::string& value, const std::string& help);

// One or more of those, with commas between them.
CLI::Option* AddAddresses(CLI::App& app, const std::string& name,
                          std::string& value, const std::string& help);

// Whether `flag` was on the command line or in its environment twin.
bool IsGiven(const CLI::App& app, const char* flag);

// For the app's callback, which CLI11 calls when all options have their values:
// ends the parsing with the message where `checked` is an error.
void RefuseUnless(const absl::Status& checked);

// Parses; nullopt means go on, a number is what main() returns at once: 0 after
// --help and --version, 2 after a wrong flag or value, which it has named on
// stderr.
std::optional<int> ParseCommandLine(CLI::App& app, int argc, char** argv);

}  // namespace weir::ops

#endif  // WEIR_COMMON_OPS_FLAGS_H_
