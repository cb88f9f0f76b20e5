// The way to a control plane.
#ifndef WEIR_CLI_CONNECTION_H_
#define WEIR_CLI_CONNECTION_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/net/plaintext.h"
#include "common/tls/identity.h"

namespace weir::cli {

// Where a control plane listens by default.
inline constexpr char kDefaultServer[] = "127.0.0.1:7400";

struct Connection {
  // host:port, or several with commas between them, one of which leads.
  std::string server = kDefaultServer;
  // Authorities make it TLS; certificate and key go together.
  tls::IdentityFiles tls = {};
  net::Plaintext plaintext = net::Plaintext::kOnLoopback;
  // Shown instead of a certificate; over TLS only. Empty: none.
  std::string token = {};
};

// Connects with the first call; to the first of several servers that answers
// and leads, else to the last. INVALID_ARGUMENT, with what to do, where flags
// contradict each other or a file can't be used; `now` is the wall clock's.
absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(
    const Connection& connection, absl::Time now);

}  // namespace weir::cli

#endif  // WEIR_CLI_CONNECTION_H_
