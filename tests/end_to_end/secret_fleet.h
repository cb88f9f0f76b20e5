// A fleet in which everything that takes a secret has one.
#ifndef WEIR_TESTS_END_TO_END_SECRET_FLEET_H_
#define WEIR_TESTS_END_TO_END_SECRET_FLEET_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "tests/end_to_end/harness/canaries.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_receiver.h"
#include "tests/end_to_end/harness/process.h"
#include "tests/end_to_end/harness/temporary_folder.h"
#include "tests/testing/span_receiver.h"

namespace weir::testing {

// Mutual TLS and a token for weirctl; providers with a primary and a backup
// credential in files, in the environment, and behind forward proxies with a
// password; webhooks with secret URLs, tokens and routing keys; client keys.
//
// Sets variables of this process, which its children have too, and takes them
// back at its end: one at a time.
class SecretFleet {
 public:
  SecretFleet();
  ~SecretFleet();
  SecretFleet(const SecretFleet&) = delete;
  SecretFleet& operator=(const SecretFleet&) = delete;

  // `store` as in --store.
  absl::Status Start(const std::string& store);

  Fleet& fleet() { return *fleet_; }
  Canaries& canaries() { return canaries_; }
  // Where webhooks end, and what is asked to be a forward proxy.
  const HttpReceiver& receiver() const { return receiver_; }

  // Where the node's traces go.
  const SpanReceiver& spans() const { return spans_; }

  // What providers p1 to p3 are called with, and then what `by-env` is.
  const std::string& primary() const { return primary_; }
  const std::string& backup() const { return backup_; }
  const std::string& by_env() const { return by_env_; }
  // Of a client key that may use all models.
  const std::string& client_key() const { return client_key_; }

  // weirctl apply with a file of the fleet's folder.
  Finished Apply(const std::string& name, const std::string& yaml);

 private:
  std::string Certificate(const std::string& file) const;
  // A file among the secrets; its path.
  std::string Keep(const std::string& name, const std::string& text) const;
  std::string KeepCanary(const std::string& name);
  FleetOptions Options(const std::string& store) const;
  // What the harness has no words for.
  std::string Resources();
  std::string MoreProviders();
  std::string Webhooks();

  const TemporaryFolder secrets_;
  Canaries canaries_;
  HttpReceiver receiver_;
  SpanReceiver spans_;
  const std::string primary_ = canaries_.Hide("provider, primary");
  const std::string backup_ = canaries_.Hide("provider, backup");
  const std::string by_env_ = canaries_.Hide("provider, environment");
  const std::string client_key_ = canaries_.Hide("client key");
  std::string token_file_;
  std::unique_ptr<Fleet> fleet_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_SECRET_FLEET_H_
