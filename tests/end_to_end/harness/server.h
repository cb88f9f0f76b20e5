// A server process that can be killed and started again where it was.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_SERVER_H_
#define WEIR_TESTS_END_TO_END_HARNESS_SERVER_H_

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/process.h"

namespace weir::testing {

struct ServerSpec {
  // Names its log, too.
  std::string name;
  // File name of the binary, or the path of one that is not among the others.
  std::string binary;
  std::vector<std::string> flags;
  // Listen flags, each with the word that stands before its address in the line
  // that the server prints: {"--ops-listen", "ops"}.
  std::map<std::string, std::string> listens;
};

class Server {
 public:
  // Logs go to `folder`.
  Server(ServerSpec spec, std::filesystem::path folder);

  // Starts it, the first time on ports that the system chooses, later on the
  // same ones, and waits for the line that says where it listens.
  absl::Status Start();

  // REQUIRES: Start() has succeeded.
  pid_t pid() const { return process_->pid(); }

  // Another binary from the next Start() on, with the same flags and ports.
  void Replace(std::string binary) { spec_.binary = std::move(binary); }

  // Sends it `signal`; what comes of that is the caller's.
  void Signal(int signal) { process_->Signal(signal); }
  // SIGKILL, and its end.
  void Kill();
  // SIGTERM; does not wait.
  void Terminate();
  // Waits for its end after Terminate(): the exit code, or why there is none.
  absl::StatusOr<int> WaitForEnd(absl::Duration limit);

  // host:port of the listener that the server calls `word`.
  // REQUIRES: Start() has succeeded.
  const std::string& address(const std::string& word) const {
    return addresses_.at(word);
  }
  const std::string& name() const { return spec_.name; }
  bool running();
  // The last lines of its log, for a test's message.
  std::string LastLines() const;

 private:
  absl::Status ReadAddresses();

  ServerSpec spec_;
  const std::filesystem::path folder_;
  std::map<std::string, std::string> addresses_;
  int starts_ = 0;
  std::unique_ptr<Process> process_;
};

// Where the build put the binaries.
std::filesystem::path BinaryFolder();

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_SERVER_H_
