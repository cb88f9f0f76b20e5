// The seam to the providers: one probe of one target.
#ifndef WEIR_CONTROLPLANE_PROBE_PROBER_H_
#define WEIR_CONTROLPLANE_PROBE_PROBER_H_

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "controlplane/health/evidence.h"
#include "controlplane/probe/probe_target.h"
#include "controlplane/provider/credential_pool.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::controlplane {

// What the provider said to one of its credentials.
struct CredentialSight {
  // In Provider.credentials.
  std::uint32_t position = 0;
  CredentialAnswer answer;
};

// What one probe found out.
struct ProbeAnswer {
  ProbeResult result;
  // Those that were tried, in their order.
  std::vector<CredentialSight> credentials = {};
  // In US dollars; nullopt: the target has no price, or nothing was bought.
  std::optional<double> cost_usd = std::nullopt;
};

// Not thread-safe: everything happens on the loop of the calling coroutine.
class Prober {
 public:
  virtual ~Prober() = default;

  // Asks `target` once and says how that went, in no more than its check's
  // timeout. Never throws, unless it is cancelled. nullopt: there was nothing
  // to ask with, because none of the provider's credentials resolves or this
  // process has no descriptor left; that says nothing of the target.
  virtual boost::asio::awaitable<std::optional<ProbeAnswer>> Probe(
      ProbeTarget target) = 0;

  // Asks `provider` for its models with the credential at `position`, in no
  // more than its check's timeout. Never throws, unless it is cancelled.
  virtual boost::asio::awaitable<CredentialAnswer> CheckCredential(
      std::shared_ptr<const config::v1::Provider> provider,
      std::uint32_t position) = 0;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PROBE_PROBER_H_
