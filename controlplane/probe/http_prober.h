// Probes over the network: chat, models, tcp.
#ifndef WEIR_CONTROLPLANE_PROBE_HTTP_PROBER_H_
#define WEIR_CONTROLPLANE_PROBE_HTTP_PROBER_H_

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/file_watch.h"
#include "common/net/forward_proxy.h"
#include "controlplane/probe/prober.h"
#include "controlplane/probe/provider_channel.h"

namespace weir::controlplane {

// `chat` asks for a completion of one token and `models` for the list, each in
// the provider's dialect; `tcp` connects, TLS included. Credentials are
// resolved anew for each probe and go to the provider's own host only. The
// first that the provider does not refuse answers for the target, since nodes
// go on to the next one too; those that are known to be refused come last.
//
// Connections stay open between probes, so destroy this before its loop.
class HttpProber final : public Prober {
 public:
  // `clock` outlives this.
  HttpProber(const Clock& clock, net::Environment environment);
  ~HttpProber() override;

  boost::asio::awaitable<std::optional<ProbeAnswer>> Probe(
      ProbeTarget target) override;
  boost::asio::awaitable<CredentialAnswer> CheckCredential(
      std::shared_ptr<const config::v1::Provider> provider,
      std::uint32_t position) override;

 private:
  struct Known {
    // That the channel was made for, or one that says the same.
    std::shared_ptr<const config::v1::Provider> provider;
    std::shared_ptr<ProviderChannel> channel;
    // Those that it was made from: authorities, the forward proxy's secret.
    FileWatch files = {};
  };

  // Made anew when the provider or one of its files changed; the one that there
  // is stays while a new file can't be used.
  absl::StatusOr<std::shared_ptr<ProviderChannel>> ChannelTo(
      const std::shared_ptr<const config::v1::Provider>& provider);

  // Once a minute at most.
  void TellOfShortage(const absl::Status& failure);

  const Clock& clock_;
  const net::Environment environment_;
  absl::Time told_of_shortage_ = absl::InfinitePast();
  std::map<std::string, Known> channels_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PROBE_HTTP_PROBER_H_
