// A PostgreSQL server of a test's own: Debian's, in a folder that goes with it.
#ifndef WEIR_TESTS_TESTING_POSTGRES_SERVER_H_
#define WEIR_TESTS_TESTING_POSTGRES_SERVER_H_

#include <signal.h>
#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace weir::testing {

// Reached through a socket in its folder, by nobody else, and by TCP where that
// is asked for. As root it runs as the user `postgres`, for it refuses to be
// root. Ends with this, and when the test itself dies.
//
// Thread safety: none; one thread uses it.
class PostgresServer {
 public:
  // Makes a cluster and starts it: about two seconds. `tcp_port`: of loopback,
  // where nobody listens; 0: none.
  static absl::StatusOr<std::unique_ptr<PostgresServer>> Start(
      int tcp_port = 0);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // The URL of a new, empty database, by TCP where that is asked for.
  absl::StatusOr<std::string> NewDatabase();

  // Ends it at once, as a crash does; Resume() brings it back with what it had
  // committed.
  void Stop();
  absl::Status Resume();

  // Its processes are not scheduled any more: connections stand, and nothing
  // answers.
  void Freeze() { SignalAll(SIGSTOP); }
  void Thaw() { SignalAll(SIGCONT); }

 private:
  PostgresServer(std::filesystem::path folder, int tcp_port)
      : folder_(std::move(folder)), tcp_port_(tcp_port) {}

  // By the socket.
  std::string UrlOf(const std::string& database) const;
  // `program` of Debian's PostgreSQL, as who may run it.
  std::vector<std::string> CommandOf(const std::string& program) const;
  void SignalAll(int signal) const;

  const std::filesystem::path folder_;
  const int tcp_port_;
  pid_t pid_ = -1;
  int databases_ = 0;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_TESTING_POSTGRES_SERVER_H_
