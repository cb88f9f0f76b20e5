#include "dataplane/sync/build_sources.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/config/secrets.h"
#include "common/file_watch.h"
#include "common/net/forward_proxy.h"
#include "dataplane/sync/last_good.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::dataplane {

BuildSources::BuildSources(ResolveSecret resolve, MakeTlsContext make_tls,
                           net::Environment environment)
    : resolve_(std::move(resolve)),
      make_tls_(std::move(make_tls)),
      environment_(std::move(environment)) {}

absl::StatusOr<Loaded<config::Secret>> BuildSources::Secret(
    const config::v1::SecretRef& reference) {
  return secrets_.Keep(config::DescribeSecretRef(reference),
                       resolve_(reference));
}

absl::StatusOr<Loaded<BuildSources::TlsContext>> BuildSources::Tls(
    const std::string& ca_file) {
  // Taken first: a change after it is seen the next time.
  const std::optional<FileFingerprint> fingerprint = FingerprintOf(ca_file);
  absl::StatusOr<TlsEntry> entry;
  if (const TlsEntry* kept = tls_.Find(ca_file);
      kept != nullptr && kept->fingerprint == fingerprint) {
    entry = *kept;
  } else if (absl::StatusOr<TlsContext> made = make_tls_(ca_file); made.ok()) {
    entry = TlsEntry{fingerprint, *std::move(made)};
  } else {
    entry = made.status();
  }
  absl::StatusOr<Loaded<TlsEntry>> loaded =
      tls_.Keep(ca_file, std::move(entry));
  if (!loaded.ok()) return loaded.status();
  return Loaded<TlsContext>{std::move(loaded->value.context),
                            std::move(loaded->outdated)};
}

void BuildSources::BuildEnded() {
  secrets_.ForgetUnused();
  tls_.ForgetUnused();
}

}  // namespace weir::dataplane
