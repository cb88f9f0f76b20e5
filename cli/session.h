// One run of weirctl: its global flags, its server, and how it prints.
#ifndef WEIR_CLI_SESSION_H_
#define WEIR_CLI_SESSION_H_

#include <google/protobuf/message.h>

#include <CLI/App.hpp>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cli/admin_client.h"
#include "cli/connection.h"
#include "cli/io.h"
#include "cli/table.h"

namespace weir::cli {

// Not thread-safe.
class Session {
 public:
  // What a command line asks for, once it is parsed.
  using Action = std::function<absl::Status(Session&)>;

  // REQUIRES: `io` outlives this.
  explicit Session(const Io& io) : io_(io) {}

  // Adds --server, those for TLS, --output, --timeout and --no-color. REQUIRES:
  // this outlives `app`.
  void AddFlags(CLI::App& app);

  // Whether a verb can print rows for a spreadsheet too.
  enum class Prints { kTheUsual, kRowsToo };

  // For the callback of a subcommand, which runs while parsing goes on.
  void Choose(Action action, Prints prints = Prints::kTheUsual) {
    action_ = std::move(action);
    prints_ = prints;
  }
  bool has_action() const { return action_ != nullptr; }
  // INVALID_ARGUMENT: the verb can't print as it is asked to.
  // REQUIRES: has_action().
  absl::Status Run();

  const Io& io() const { return io_; }
  AdminClient& admin();

  // Whether people read the output; otherwise Print() the whole message.
  bool is_table() const { return output_ == "table"; }
  // Only where the verb said that it prints rows.
  bool is_csv() const { return output_ == "csv"; }
  // As JSON or YAML, by --output. REQUIRES: neither of these.
  void Print(const google::protobuf::Message& message);
  // As JSON, or as the YAML of a resource file, which is short and what
  // `apply` and `set` take.
  void PrintResource(const google::protobuf::Message& resource);
  void Print(const Table& table);
  // What a change came to: `what (revision N).` or the whole response.
  template <typename Response>
  absl::Status Report(const std::string& what, const Response& response) {
    if (is_table()) {
      io_.out << what << " (revision " << response.revision() << ").\n";
    } else {
      Print(response);
    }
    return absl::OkStatus();
  }
  // One line of JSON, for streams; YAML as a document of its own.
  void PrintStreamed(const google::protobuf::Message& message);

  // CANCELLED: nobody reads the output any more. What is printed again and
  // again asks each time.
  absl::Status StillRead();

  Paint paint() const;

 private:
  const Io& io_;
  Connection connection_;
  std::string output_ = "table";
  absl::Duration timeout_ = absl::Seconds(10);
  bool no_color_ = false;
  Action action_;
  Prints prints_ = Prints::kTheUsual;
  std::optional<AdminClient> admin_;
};

}  // namespace weir::cli

#endif  // WEIR_CLI_SESSION_H_
