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

// Reached through a socket in its folder, by nobody else. As root it runs as
// the user `postgres`, for it refuses to be root. Ends with this, and when the
// test itself dies.
//
// Thread safety: none; one thread uses it.
class PostgresServer {
 public:
  // Makes a cluster and starts it: about two seconds.
  static absl::StatusOr<std::unique_ptr<PostgresServer>> Start();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // The URL of a new, empty database.
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
  explicit PostgresServer(std::filesystem::path folder)
      : folder_(std::move(folder)) {}

  std::string UrlOf(const std::string& database) const;
  // `program` of Debian's PostgreSQL, as who may run it.
  std::vector<std::string> CommandOf(const std::string& program) const;
  void SignalAll(int signal) const;

  const std::filesystem::path folder_;
  pid_t pid_ = -1;
  int databases_ = 0;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_TESTING_POSTGRES_SERVER_H_
