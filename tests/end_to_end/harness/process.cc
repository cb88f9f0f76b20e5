#include "tests/end_to_end/harness/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tests/end_to_end/harness/eventually.h"

// POSIX wants it declared by the program.
extern char** environ;

namespace weir::testing {
namespace {

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (std::string& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> EnvironmentOf(const Command& command) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  for (const auto& [name, value] : command.environment) {
    std::erase_if(variables,
                  [prefix = name + "="](const std::string& variable) {
                    return variable.starts_with(prefix);
                  });
    variables.push_back(absl::StrCat(name, "=", value));
  }
  return variables;
}

// Between fork and exec only what is safe in a signal handler may be called.
[[noreturn]] void Execute(char* const* arguments, char* const* variables,
                          const char* directory, int log) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(null, STDIN_FILENO);
  if (*directory == '\0' || ::chdir(directory) == 0) {
    ::execvpe(arguments[0], arguments, variables);
  }
  ::_exit(127);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Process>> Process::Start(
    const Command& command, const std::filesystem::path& log) {
  std::vector<std::string> arguments = {command.program};
  arguments.insert(arguments.end(), command.arguments.begin(),
                   command.arguments.end());
  std::vector<std::string> variables = EnvironmentOf(command);
  const std::vector<char*> argument_list = Pointers(arguments);
  const std::vector<char*> variable_list = Pointers(variables);

  const int output = ::open(
      log.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0) {
    return absl::InternalError(
        absl::StrCat(log.string(), ": ", std::strerror(errno)));
  }
  const pid_t pid = ::fork();
  if (pid == 0) {
    Execute(argument_list.data(), variable_list.data(),
            command.directory.c_str(), output);
  }
  ::close(output);
  if (pid < 0) return absl::InternalError(std::strerror(errno));
  return std::unique_ptr<Process>(new Process(pid, log));
}

Process::~Process() {
  if (ExitCode().has_value()) return;
  Signal(SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::string Process::Output() const {
  std::ostringstream text;
  text << std::ifstream(log_).rdbuf();
  return std::move(text).str();
}

void Process::Signal(int signal) const {
  // Once it was waited for, its id may be another's.
  if (!exit_code_.has_value()) ::kill(pid_, signal);
}

std::optional<int> Process::ExitCode() {
  int status = 0;
  if (!exit_code_.has_value() && ::waitpid(pid_, &status, WNOHANG) == pid_) {
    exit_code_ =
        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return exit_code_;
}

std::optional<int> Process::Wait(absl::Duration limit) {
  Eventually([this] { return ExitCode().has_value(); }, limit);
  return exit_code_;
}

absl::StatusOr<Finished> RunToEnd(const Command& command,
                                  const std::filesystem::path& log,
                                  absl::Duration limit) {
  absl::StatusOr<std::unique_ptr<Process>> process =
      Process::Start(command, log);
  if (!process.ok()) return process.status();
  const std::optional<int> exit_code = (*process)->Wait(limit);
  if (!exit_code.has_value()) {
    return absl::DeadlineExceededError(
        absl::StrCat(command.program, " still runs after ",
                     absl::FormatDuration(limit), ":\n", (*process)->Output()));
  }
  return Finished{.exit_code = *exit_code, .output = (*process)->Output()};
}

}  // namespace weir::testing
