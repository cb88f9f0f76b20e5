// What a configuration needs from the machine that the node runs on.
#ifndef WEIR_DATAPLANE_SYNC_BUILD_SOURCES_H_
#define WEIR_DATAPLANE_SYNC_BUILD_SOURCES_H_

#include <boost/asio/ssl/context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/config/secrets.h"
#include "common/file_watch.h"
#include "common/net/forward_proxy.h"
#include "dataplane/sync/last_good.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::dataplane {

// Secrets and TLS contexts, kept from one build to the next, and the
// environment in which proxies are looked up.
//
// Not thread-safe.
class BuildSources {
 public:
  using TlsContext = std::shared_ptr<boost::asio::ssl::context>;
  using ResolveSecret = std::function<absl::StatusOr<config::Secret>(
      const config::v1::SecretRef&)>;
  // `ca_file` is empty for the system's authorities.
  using MakeTlsContext =
      std::function<absl::StatusOr<TlsContext>(const std::string& ca_file)>;

  BuildSources(ResolveSecret resolve, MakeTlsContext make_tls,
               net::Environment environment);

  // The value behind `reference`, read now; an earlier one when that fails.
  absl::StatusOr<Loaded<config::Secret>> Secret(
      const config::v1::SecretRef& reference);

  // One context for each `ca_file`, the same one until the file changes, so
  // that TLS sessions outlive a new configuration.
  absl::StatusOr<Loaded<TlsContext>> Tls(const std::string& ca_file);

  const net::Environment& environment() const { return environment_; }

  // A configuration was built: what it did not ask for is forgotten.
  void BuildEnded();

 private:
  struct TlsEntry {
    std::optional<FileFingerprint> fingerprint;
    TlsContext context;
  };

  const ResolveSecret resolve_;
  const MakeTlsContext make_tls_;
  const net::Environment environment_;
  LastGood<config::Secret> secrets_;
  LastGood<TlsEntry> tls_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_BUILD_SOURCES_H_
