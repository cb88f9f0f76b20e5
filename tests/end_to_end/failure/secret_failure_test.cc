// Promise: certificates and secrets are replaced under load, and those that are
// no good are refused with the reason: no client request is lost of it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/common/net/test_authority.h"
#include "tests/end_to_end/failure/failure_scenario.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/haproxy.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/ledger.h"
#include "tests/end_to_end/harness/live_certificates.h"
#include "tests/end_to_end/harness/metrics_page.h"
#include "tests/end_to_end/harness/process.h"
#include "tests/end_to_end/harness/server.h"

namespace weir::testing {
namespace {

using ::testing::HasSubstr;

// The metric of certificates that were replaced, or refused, at any port of the
// nodes.
constexpr char kReloads[] = "weir_certificate_reloads_total";
constexpr char kReplaced[] = "outcome=\"replaced\"";
constexpr char kRefused[] = "outcome=\"refused\"";

// Beside the file, and then renamed over it, as whoever rotates should.
void Write(const std::string& path, const std::string& text) {
  std::ofstream(path + ".new") << text;
  std::filesystem::rename(path + ".new", path);
}

class CertificateFailureTest : public FailureScenario {
 protected:
  // Both sets are believed by clients from the beginning, as when an authority
  // is replaced.
  void BeginWithCertificates(const std::string& name) {
    certificates_.Make("fresh");
    std::ofstream bundle(Bundle());
    for (const char* const set : {"live", "fresh"}) {
      bundle << std::ifstream(certificates_.In(set, "ca.crt")).rdbuf();
    }
    bundle.close();
    ASSERT_NO_FATAL_FAILURE(Begin(name, certificates_.Options()));
    StartTlsNode();
  }

  void StartTlsNode() {
    const auto live = [this](const char* file) {
      return certificates_.Live(file);
    };
    tls_node_.emplace(
        ServerSpec{
            .name = "tls-node",
            .binary = "weir-dataplane",
            .flags = {"--control-plane",
                      fleet().control_plane().address("grpc"),
                      "--control-plane-ca", live("ca.crt"),
                      "--control-plane-cert", live("node.crt"),
                      "--control-plane-key", live("node.key"), "--tls-cert",
                      live("dataplane.crt"), "--tls-key", live("dataplane.key"),
                      "--node-id", "tls-node", "--region", "local"},
            .listens = {{"--listen", "http"}, {"--ops-listen", "ops"}}},
        scratch().path());
    const absl::Status started = tls_node_->Start();
    ASSERT_TRUE(started.ok()) << started;
    auto proxy = HaProxy::Start({tls_node_->address("http")}, scratch().path(),
                                Bundle());
    ASSERT_TRUE(proxy.ok()) << proxy.status();
    proxy_ = *std::move(proxy);
  }

  // Plain text at both nodes, TLS at the third.
  void StartTrafficToAll() {
    StartTraffic(
        {.rate = 40,
         .addresses = {fleet().Api(0), fleet().Api(1), proxy_->address()}});
  }
  std::string Bundle() const { return scratch() / "authorities.pem"; }

  const LiveCertificates certificates_;
  std::optional<Server> tls_node_;
  std::unique_ptr<HaProxy> proxy_;
};

TEST_F(CertificateFailureTest, Rotated) {
  ASSERT_NO_FATAL_FAILURE(BeginWithCertificates("certificates rotated"));
  ASSERT_NO_FATAL_FAILURE(StartTrafficToAll());
  Done(
      "authority, both planes' and clients' certificates replaced; then the "
      "control plane killed, so that all come anew");
  const std::string old = scratch() / "old";
  std::filesystem::create_directory(old);
  for (const char* const file : {"admin.crt", "admin.key"}) {
    std::filesystem::copy(certificates_.Live(file), old);
  }
  const absl::Time begin = absl::Now();
  certificates_.Rotate("fresh");
  ASSERT_TRUE(Eventually([&] {
    const absl::StatusOr<HttpAnswer> page =
        Get(tls_node_->address("ops"), "/metrics");
    return fleet().ControlPlaneMetric(0, kReloads, kReplaced) >= 1 &&
           fleet().SumMetric(kReloads, kReplaced) >= 2 && page.ok() &&
           SumOnPage(page->body, kReloads, kReplaced) >= 2;
  })) << fleet().Logs()
      << tls_node_->LastLines();
  Saw(absl::StrCat("all took the new ones up within ",
                   Seconds(absl::Now() - begin)));
  // The streams of the nodes stand: nobody had to come anew.
  EXPECT_EQ(fleet().SumMetric("weir_control_plane_connects_total"), 2);
  // HAProxy's checks shake hands twice a second.
  ASSERT_TRUE(LetTrafficGoOn(300));
  // A check that is under way counts for nothing.
  EXPECT_TRUE(Eventually([&] { return proxy_->HealthyNodes() == 1; }));

  fleet().control_plane().Kill();
  ASSERT_TRUE(fleet().control_plane().Start().ok());
  const absl::Time killed = absl::Now();
  EXPECT_TRUE(Eventually(
      [&] {
        return fleet().ControlPlaneMetric(0, "weir_nodes_connected") == 3;
      },
      kPatience))
      << fleet().Logs();
  Saw(absl::StrCat("all nodes came with them within ",
                   Seconds(absl::Now() - killed)));
  EXPECT_EQ(
      CtlAs(fleet(), certificates_.CtlFlags("admin"), {"nodes"}).exit_code, 0);
  const Finished stale =
      CtlAs(fleet(),
            {"--tls-ca", certificates_.Live("ca.crt"), "--tls-cert",
             old + "/admin.crt", "--tls-key", old + "/admin.key"},
            {"nodes"});
  EXPECT_EQ(stale.exit_code, 3) << stale.output;
  Saw("one of the old authority is refused");
}

TEST_F(CertificateFailureTest, ExpiredOrForeign) {
  ASSERT_NO_FATAL_FAILURE(
      BeginWithCertificates("certificates expired, or of strangers"));
  ASSERT_NO_FATAL_FAILURE(StartTrafficToAll());
  Done(
      "control plane's and node's files replaced by expired ones, operators "
      "with expired and with strangers' ones");
  const TestAuthority strangers;
  const char* const names = "DNS:localhost,URI:weir://role/admin";
  const KeyAndCertificate late = strangers.Issue(
      {.alternative_names = names, .valid_for = -absl::Minutes(30)});
  for (const char* const name : {"controlplane", "dataplane", "node"}) {
    Write(certificates_.Live(absl::StrCat(name, ".key")), late.key_pem);
    Write(certificates_.Live(absl::StrCat(name, ".crt")), late.certificate_pem);
  }
  EXPECT_TRUE(Eventually([&] {
    const absl::StatusOr<HttpAnswer> page =
        Get(tls_node_->address("ops"), "/metrics");
    return fleet().ControlPlaneMetric(0, kReloads, kRefused) >= 1 &&
           fleet().SumMetric(kReloads, kRefused) >= 2 && page.ok() &&
           SumOnPage(page->body, kReloads, kRefused) >= 2;
  })) << fleet().Logs();
  EXPECT_THAT(fleet().Logs(), HasSubstr("expired"));
  EXPECT_THAT(tls_node_->LastLines(), HasSubstr("expired"));
  Saw("each keeps the last good one and logs which has expired, and when");
  // With the last good ones nodes come back and operators get in.
  EXPECT_EQ(
      CtlAs(fleet(), certificates_.CtlFlags("admin"), {"nodes"}).exit_code, 0);

  const auto refused = [&](const KeyAndCertificate& shown) {
    const std::string key = scratch() / "shown.key";
    const std::string certificate = scratch() / "shown.crt";
    Write(key, shown.key_pem);
    Write(certificate, shown.certificate_pem);
    const Finished said = CtlAs(fleet(),
                                {"--tls-ca", certificates_.Live("ca.crt"),
                                 "--tls-cert", certificate, "--tls-key", key},
                                {"nodes"});
    EXPECT_NE(said.exit_code, 0);
    return said.output;
  };
  EXPECT_THAT(refused(late), HasSubstr("expired"));
  // Who is not believed is told nothing; the control plane's log says why.
  EXPECT_THAT(refused(strangers.Issue({.alternative_names = names})),
              HasSubstr("that --tls-ca is its authority and --tls-cert one "
                        "that it believes"));
  EXPECT_TRUE(Eventually([&] {
    return fleet().control_plane().LastLines().find(
               "certificate verify failed") != std::string::npos;
  })) << fleet().control_plane().LastLines();
  Saw("operators are refused, and the reason is said");
  ASSERT_TRUE(LetTrafficGoOn(200));
  // A check that is under way counts for nothing.
  EXPECT_TRUE(Eventually([&] { return proxy_->HealthyNodes() == 1; }));
}

// As the kubelet does it: files are links into a folder whose name is a link to
// the one that is of now.
class SecretFailureTest : public FailureScenario {
 protected:
  static constexpr char kOfNow[] = "..data";

  void BeginWithLink(const std::string& name) {
    ASSERT_NO_FATAL_FAILURE(
        Begin(name, {.nodes = 2, .providers = 2, .credentials = {"sk-first"}}));
    PointAt("first", "sk-first");
    Replace("credential.0", "..data/key");
  }
  // A new folder with the secret, and the link to it replaced.
  void PointAt(const std::string& name, const std::string& secret) {
    std::filesystem::create_directory(fleet().folder() / name);
    std::ofstream(fleet().folder() / name / "key") << secret;
    Replace(kOfNow, name);
  }
  // By a link.
  void Replace(const std::string& name, const std::string& by) {
    const std::filesystem::path fresh = fleet().folder() / "..fresh";
    std::filesystem::create_symlink(by, fresh);
    std::filesystem::rename(fresh, fleet().folder() / name);
  }
  // From now on providers refuse all other secrets.
  void Accept(const std::string& secret) {
    for (int provider = 0; provider < fleet().providers(); ++provider) {
      ASSERT_TRUE(fleet()
                      .Control(provider, absl::StrCat(R"({"api_key": ")",
                                                      secret, R"("})"))
                      .ok());
    }
  }
  std::int64_t Refused() {
    std::int64_t refused = 0;
    for (const auto& [provider, seen] : SeenByProviders(fleet())) {
      refused += seen.attempts - seen.answered;
    }
    return refused;
  }
};

TEST_F(SecretFailureTest, Rotated) {
  ASSERT_NO_FATAL_FAILURE(BeginWithLink("provider credential rotated"));
  ASSERT_NO_FATAL_FAILURE(StartTraffic());
  Done(
      "its file replaced as the kubelet does, the old secret refused 5 s "
      "later; then an empty file, then none");
  PointAt("second", "sk-second");
  // Of 120 a second.
  ASSERT_TRUE(LetTrafficGoOn(600));
  Accept("sk-second");
  ASSERT_TRUE(LetTrafficGoOn(200));
  PointAt("third", "");
  ASSERT_TRUE(LetTrafficGoOn(240));
  std::filesystem::remove(fleet().folder() / kOfNow);
  ASSERT_TRUE(LetTrafficGoOn(240));
  EXPECT_EQ(Refused(), 0);
  Saw(absl::StrCat("providers refused ", Refused(), " attempts"));
}

}  // namespace
}  // namespace weir::testing
