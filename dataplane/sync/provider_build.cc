#include "dataplane/sync/provider_build.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "common/config/effective.h"
#include "common/config/secrets.h"
#include "common/dialect/dialect.h"
#include "common/net/forward_proxy.h"
#include "common/net/url.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/build_sources.h"
#include "dataplane/sync/last_good.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::dataplane {
namespace {

// Fills one entry; each step says why it could not.
class ProviderBuild {
 public:
  ProviderBuild(const config::v1::Provider& provider, BuildSources& sources,
                std::vector<std::string>& warnings)
      : provider_(provider), sources_(sources), warnings_(warnings) {}

  ProviderEntry Run() {
    entry_.name = provider_.name();
    entry_.dialect = dialect::Find(provider_.dialect());
    entry_.timeouts = config::EffectiveTimeouts(provider_);
    entry_.region = provider_.region();
    entry_.breaker = config::EffectiveBreaker(provider_);
    entry_.max_concurrent = provider_.limits().max_concurrent();
    entry_.max_rpm = provider_.limits().max_rpm();
    entry_.max_tpm = provider_.limits().max_tpm();
    const absl::Status usable = FillAll();
    if (!usable.ok()) {
      entry_.unusable_because = std::string(usable.message());
      Warn(absl::StrCat("can't be used from this node: ", usable.message()));
    }
    return std::move(entry_);
  }

 private:
  absl::Status FillAll() {
    if (entry_.dialect == nullptr) {
      return absl::UnimplementedError(
          "this version does not speak its dialect");
    }
    if (absl::Status status = FillUrl(); !status.ok()) return status;
    if (absl::Status status = FillTls(); !status.ok()) return status;
    if (absl::Status status = FillProxy(); !status.ok()) return status;
    return FillCredentials();
  }

  absl::Status FillUrl() {
    absl::StatusOr<net::Url> url = net::ParseUrl(provider_.base_url());
    if (!url.ok()) return url.status();
    entry_.dial.url = *std::move(url);
    entry_.host_header = entry_.dial.url.HostHeader();
    return absl::OkStatus();
  }

  absl::Status FillTls() {
    if (entry_.dial.url.scheme == net::Scheme::kHttp) return absl::OkStatus();
    const config::v1::Tls& tls = provider_.tls();
    entry_.dial.tls_server_name =
        tls.server_name().empty() ? entry_.dial.url.host : tls.server_name();
    absl::StatusOr<Loaded<BuildSources::TlsContext>> context =
        sources_.Tls(tls.ca_file());
    if (!context.ok()) return context.status();
    WarnIfOutdated(context->outdated);
    entry_.dial.tls_context = std::move(context->value);
    return absl::OkStatus();
  }

  absl::Status FillProxy() {
    absl::StatusOr<std::optional<net::ProxyAddress>> proxy =
        net::ChooseProxy(entry_.dial.url, provider_.forward_proxy().url(),
                         sources_.environment());
    if (!proxy.ok()) return proxy.status();
    entry_.dial.proxy = *std::move(proxy);
    if (!entry_.dial.proxy.has_value() ||
        !provider_.forward_proxy().has_credentials()) {
      return absl::OkStatus();
    }
    absl::StatusOr<Loaded<config::Secret>> secret =
        sources_.Secret(provider_.forward_proxy().credentials());
    if (!secret.ok()) {
      return absl::FailedPreconditionError(
          absl::StrCat("forward proxy: ", secret.status().message()));
    }
    WarnIfOutdated(secret->outdated);
    entry_.dial.proxy->credentials = std::move(secret->value);
    return absl::OkStatus();
  }

  absl::Status FillCredentials() {
    if (provider_.credentials().empty()) {
      entry_.credentials.emplace_back();
      return absl::OkStatus();
    }
    std::vector<std::string> missing;
    for (int i = 0; i < provider_.credentials_size(); ++i) {
      absl::StatusOr<Loaded<config::Secret>> secret =
          sources_.Secret(provider_.credentials(i));
      if (!secret.ok()) {
        missing.emplace_back(secret.status().message());
        continue;
      }
      WarnIfOutdated(secret->outdated);
      std::string headers =
          entry_.dialect->CredentialHeaders(secret->value.Reveal());
      entry_.credentials.push_back({std::move(headers),
                                    static_cast<std::uint32_t>(i),
                                    std::move(secret->value)});
    }
    const std::string why = absl::StrJoin(missing, "; ");
    if (entry_.credentials.empty()) {
      return absl::NotFoundError(absl::StrCat("no credential resolves: ", why));
    }
    if (!missing.empty()) {
      Warn(absl::StrCat("goes on without some of its credentials: ", why));
    }
    return absl::OkStatus();
  }

  void WarnIfOutdated(const absl::Status& outdated) {
    if (outdated.ok()) return;
    Warn(absl::StrCat("goes on with what it had: ", outdated.message()));
  }

  void Warn(absl::string_view what) {
    warnings_.push_back(absl::StrCat("provider ", provider_.name(), " ", what));
  }

  const config::v1::Provider& provider_;
  BuildSources& sources_;
  std::vector<std::string>& warnings_;
  ProviderEntry entry_{};
};

void AddFile(const config::v1::SecretRef& reference,
             std::set<std::string>& paths) {
  if (!reference.file().empty()) paths.insert(reference.file());
}

}  // namespace

ProviderEntry BuildProvider(const config::v1::Provider& provider,
                            BuildSources& sources,
                            std::vector<std::string>& warnings) {
  return ProviderBuild(provider, sources, warnings).Run();
}

void AddFilesOf(const config::v1::Provider& provider,
                std::set<std::string>& paths) {
  for (const config::v1::SecretRef& reference : provider.credentials()) {
    AddFile(reference, paths);
  }
  AddFile(provider.forward_proxy().credentials(), paths);
  if (!provider.tls().ca_file().empty()) paths.insert(provider.tls().ca_file());
}

}  // namespace weir::dataplane
