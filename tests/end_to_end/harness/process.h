// A program that a test runs.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_PROCESS_H_
#define WEIR_TESTS_END_TO_END_HARNESS_PROCESS_H_

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace weir::testing {

struct Command {
  // A path, or a name to be found in PATH.
  std::string program;
  std::vector<std::string> arguments = {};
  // On top of the test's own environment.
  std::vector<std::pair<std::string, std::string>> environment = {};
  // Empty: the test's own.
  std::filesystem::path directory = {};
};

// Runs from construction to its end; killed when this is destroyed, or when the
// test itself dies.
//
// Thread safety: none; one thread uses it.
class Process {
 public:
  // Starts `command` with both outputs going to `log`, which is emptied.
  static absl::StatusOr<std::unique_ptr<Process>> Start(
      const Command& command, const std::filesystem::path& log);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  // What it has written until now.
  std::string Output() const;

  void Signal(int signal) const;
  // The exit code, or 128 + the signal that ended it; nullopt while it runs.
  std::optional<int> ExitCode();
  // Waits for its end; nullopt when `limit` has passed.
  std::optional<int> Wait(absl::Duration limit);

 private:
  Process(pid_t pid, std::filesystem::path log)
      : pid_(pid), log_(std::move(log)) {}

  const pid_t pid_;
  const std::filesystem::path log_;
  std::optional<int> exit_code_;
};

// What a program that ran to its end has said.
struct Finished {
  int exit_code;
  // Both outputs.
  std::string output;
};

// Runs `command` to its end; DEADLINE_EXCEEDED, with its output, when that
// takes longer than `limit`.
absl::StatusOr<Finished> RunToEnd(const Command& command,
                                  const std::filesystem::path& log,
                                  absl::Duration limit);

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_PROCESS_H_
