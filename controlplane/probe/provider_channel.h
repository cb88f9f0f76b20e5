// The way to one provider: how it is reached, and connections that are open.
#ifndef WEIR_CONTROLPLANE_PROBE_PROVIDER_CHANNEL_H_
#define WEIR_CONTROLPLANE_PROBE_PROVIDER_CHANNEL_H_

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/dialect/dialect.h"
#include "common/net/dial.h"
#include "common/net/forward_proxy.h"
#include "common/net/http_exchange.h"
#include "common/net/tls.h"
#include "common/net/transport.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::controlplane {

// Probes reuse connections, as real traffic does, and open a new one now and
// then, which finds what an open one hides: a certificate that ran out, a name
// that moved, a firewall.
//
// Not thread-safe: used on one loop, which outlives the connections.
class ProviderChannel {
 public:
  // INVALID_ARGUMENT, FAILED_PRECONDITION, UNIMPLEMENTED: it can't be reached
  // as it is configured, and why. `clock` outlives the channel.
  static absl::StatusOr<std::shared_ptr<ProviderChannel>> Make(
      const config::v1::Provider& provider, const net::Environment& environment,
      const Clock& clock);

  const dialect::Dialect& dialect() const { return *dialect_; }
  const net::Url& url() const { return dial_.url; }

  // Opens a connection, and closes it again.
  boost::asio::awaitable<absl::Status> Connect();

  struct Timed {
    net::HttpAnswer answer;
    // From the request's first byte to the answer's last, without the
    // connection's set-up.
    absl::Duration latency;
  };
  // Sends `request` over an open connection or a new one. When an open one
  // turns out to be closed, tries once more over a new one.
  boost::asio::awaitable<absl::StatusOr<Timed>> Ask(std::string request);

 private:
  struct Idle {
    net::Transport transport;
    absl::Time since;
  };

  ProviderChannel(const dialect::Dialect& dialect, net::DialPlan dial,
                  absl::Duration connect_timeout, const Clock& clock);
  // As net::Dial(), with a message short enough for a table's last column.
  boost::asio::awaitable<absl::StatusOr<net::Transport>> Dial();
  boost::asio::awaitable<absl::StatusOr<Timed>> AskOver(
      net::Transport transport, const std::string& request);
  void DropOldConnections();

  const dialect::Dialect* const dialect_;
  const net::DialPlan dial_;
  const absl::Duration connect_timeout_;
  const Clock& clock_;

  net::TlsSessionCache sessions_;
  std::vector<Idle> idle_;
  int asked_ = 0;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PROBE_PROVIDER_CHANNEL_H_
