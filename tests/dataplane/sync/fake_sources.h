// A machine whose secrets and certificates are what the test says.
#ifndef WEIR_TESTS_DATAPLANE_SYNC_FAKE_SOURCES_H_
#define WEIR_TESTS_DATAPLANE_SYNC_FAKE_SOURCES_H_

#include <boost/asio/ssl/context.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/config/secrets.h"
#include "dataplane/sync/build_sources.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::testing {

// Outlives the sources that it makes. Not thread-safe.
class FakeMachine {
 public:
  // By DescribeSecretRef(): `env KEY`, `file /path`.
  std::map<std::string, std::string> secrets;
  std::map<std::string, std::string> environment;
  // Whether TLS contexts can be made.
  absl::Status tls = absl::OkStatus();
  int tls_contexts_made = 0;

  dataplane::BuildSources Sources() {
    return dataplane::BuildSources(
        [this](const config::v1::SecretRef& reference) {
          return Resolve(reference);
        },
        [this](const std::string&) { return MakeTls(); },
        [this](const std::string& name) -> std::optional<std::string> {
          const auto found = environment.find(name);
          if (found == environment.end()) return std::nullopt;
          return found->second;
        });
  }

 private:
  absl::StatusOr<config::Secret> Resolve(
      const config::v1::SecretRef& reference) {
    const std::string name = config::DescribeSecretRef(reference);
    const auto found = secrets.find(name);
    if (found == secrets.end()) {
      return absl::NotFoundError(absl::StrCat(name, " is not there"));
    }
    return config::Secret(found->second);
  }

  absl::StatusOr<dataplane::BuildSources::TlsContext> MakeTls() {
    if (!tls.ok()) return tls;
    ++tls_contexts_made;
    return std::make_shared<boost::asio::ssl::context>(
        boost::asio::ssl::context::tls_client);
  }
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_DATAPLANE_SYNC_FAKE_SOURCES_H_
