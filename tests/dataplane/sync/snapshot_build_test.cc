#include "dataplane/sync/snapshot_build.h"

#include <google/protobuf/text_format.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "common/dialect/dialect.h"
#include "common/sha256.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/provider_build.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/sync/fake_sources.h"
#include "tests/testing/status_matchers.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::dataplane {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const Version kVersion{1, 2, std::string(32, 'h')};

std::vector<std::string> HeadersOf(const ProviderEntry& provider) {
  std::vector<std::string> headers;
  for (const CredentialEntry& credential : provider.credentials) {
    headers.push_back(credential.headers);
  }
  return headers;
}

class SnapshotBuildTest : public ::testing::Test {
 protected:
  BuiltConfig Build(const std::string& text) {
    config::v1::Resources resources;
    EXPECT_TRUE(
        google::protobuf::TextFormat::ParseFromString(text, &resources));
    return BuildConfig(resources, kVersion, sources_);
  }

  // The one provider that `text` describes, beside its name and base_url.
  ProviderEntry BuildOne(const std::string& text) {
    built_ = Build("providers { name: 'p' " + text + " }");
    EXPECT_THAT(built_.problems, IsEmpty());
    return built_.config == nullptr ? ProviderEntry{}
                                    : built_.config->providers.at(0);
  }

  testing::FakeMachine machine_;
  BuildSources sources_ = machine_.Sources();
  BuiltConfig built_;
};

constexpr char kHttp[] = "base_url: 'http://h.example:81/v1' ";
constexpr char kHttps[] = "base_url: 'https://h.example/v1' ";

TEST_F(SnapshotBuildTest, NothingIsAConfigurationToo) {
  const BuiltConfig built = Build("");
  ASSERT_NE(built.config, nullptr);
  EXPECT_EQ(built.config->version, kVersion);
  EXPECT_THAT(built.warnings, IsEmpty());
}

TEST_F(SnapshotBuildTest, EveryProblemIsNamed) {
  const BuiltConfig built = Build(
      "providers { name: 'p' base_url: 'ftp://x' } "
      "models { name: 'm' targets { provider: 'nobody' } }");
  EXPECT_EQ(built.config, nullptr);
  EXPECT_THAT(built.problems,
              UnorderedElementsAre(HasSubstr("providers[0].base_url"),
                                   HasSubstr("models[0].targets[0].provider")));
}

TEST_F(SnapshotBuildTest, AProviderWithoutCredentialsHasOneEmptyEntry) {
  const ProviderEntry provider = BuildOne(kHttp);
  EXPECT_THAT(HeadersOf(provider), ElementsAre(""));
  EXPECT_EQ(provider.unusable_because, "");
  EXPECT_EQ(provider.dialect, &dialect::OpenAi());
  EXPECT_EQ(provider.dial.url.host, "h.example");
  EXPECT_EQ(provider.dial.url.port, 81);
  EXPECT_EQ(provider.dial.tls_context, nullptr);
}

TEST_F(SnapshotBuildTest, CredentialsBecomeHeaderLinesInOrder) {
  machine_.secrets = {{"env A", "one"}, {"env B", "two"}};
  const ProviderEntry provider = BuildOne(
      std::string(kHttp) + "credentials { env: 'A' } credentials { env: 'B' }");
  EXPECT_THAT(HeadersOf(provider),
              ElementsAre("Authorization: Bearer one\r\n",
                          "Authorization: Bearer two\r\n"));
  EXPECT_THAT(built_.warnings, IsEmpty());
}

TEST_F(SnapshotBuildTest, OfSeveralCredentialsThoseThatResolveAreUsed) {
  machine_.secrets = {{"env B", "two"}};
  const ProviderEntry provider = BuildOne(
      std::string(kHttp) + "credentials { env: 'A' } credentials { env: 'B' }");
  EXPECT_THAT(HeadersOf(provider),
              ElementsAre("Authorization: Bearer two\r\n"));
  EXPECT_EQ(provider.credentials[0].position, 1U);
  EXPECT_EQ(provider.unusable_because, "");
  EXPECT_THAT(built_.warnings,
              ElementsAre(AllOf(HasSubstr("provider p"), HasSubstr("env A"))));
}

TEST_F(SnapshotBuildTest, WithoutAnyCredentialOnlyThatProviderSuffers) {
  machine_.secrets = {{"env B", "two"}};
  const BuiltConfig built = Build(
      "providers { name: 'p' base_url: 'http://p.example' "
      "            credentials { env: 'A' } } "
      "providers { name: 'q' base_url: 'http://q.example' "
      "            credentials { env: 'B' } }");
  ASSERT_NE(built.config, nullptr);
  EXPECT_THAT(built.config->providers[0].unusable_because,
              HasSubstr("env A is not there"));
  EXPECT_THAT(built.config->providers[0].credentials, IsEmpty());
  EXPECT_EQ(built.config->providers[1].unusable_because, "");
  EXPECT_THAT(built.warnings, SizeIs(1));
}

TEST_F(SnapshotBuildTest, ASecretThatVanishesIsKept) {
  machine_.secrets = {{"file /key", "old"}};
  const std::string text = std::string(kHttp) + "credentials { file: '/key' }";
  BuildOne(text);
  machine_.secrets.clear();
  const ProviderEntry provider = BuildOne(text);
  EXPECT_THAT(HeadersOf(provider),
              ElementsAre("Authorization: Bearer old\r\n"));
  EXPECT_THAT(built_.warnings, ElementsAre(HasSubstr("with what it had")));
}

TEST_F(SnapshotBuildTest, ASecretThatNothingNamesIsForgotten) {
  machine_.secrets = {{"file /key", "old"}};
  const std::string text = std::string(kHttp) + "credentials { file: '/key' }";
  BuildOne(text);
  BuildOne(kHttp);
  machine_.secrets.clear();
  EXPECT_THAT(BuildOne(text).unusable_because, Not(IsEmpty()));
}

TEST_F(SnapshotBuildTest, ADialectThatIsNotSpokenMakesItsProviderUnusable) {
  config::v1::Provider provider;
  provider.set_name("p");
  provider.set_base_url("http://p.example");
  provider.set_dialect(static_cast<config::v1::Dialect>(17));
  std::vector<std::string> warnings;
  EXPECT_THAT(BuildProvider(provider, sources_, warnings).unusable_because,
              HasSubstr("does not speak its dialect"));
  EXPECT_THAT(warnings, SizeIs(1));
}

TEST_F(SnapshotBuildTest, TheNameToVerifyIsTheHostUnlessStated) {
  EXPECT_EQ(BuildOne(kHttps).dial.tls_server_name, "h.example");
  EXPECT_EQ(BuildOne(std::string(kHttps) + "tls { server_name: 'n.example' }")
                .dial.tls_server_name,
            "n.example");
}

TEST_F(SnapshotBuildTest, TlsContextsAreSharedBetweenProvidersAndBuilds) {
  const std::string text =
      "providers { name: 'p' base_url: 'https://p.example' } "
      "providers { name: 'q' base_url: 'https://q.example' }";
  const BuiltConfig first = Build(text);
  const BuiltConfig second = Build(text);
  EXPECT_EQ(machine_.tls_contexts_made, 1);
  EXPECT_EQ(first.config->providers[0].dial.tls_context,
            second.config->providers[1].dial.tls_context);
}

TEST_F(SnapshotBuildTest, WithoutTlsOnlyThatProviderSuffers) {
  machine_.tls = absl::FailedPreconditionError("/ca.pem: no certificate");
  EXPECT_THAT(BuildOne(std::string(kHttps) + "tls { ca_file: '/ca.pem' }")
                  .unusable_because,
              HasSubstr("/ca.pem: no certificate"));
}

TEST_F(SnapshotBuildTest, HttpsFollowsTheEnvironmentsProxy) {
  machine_.environment = {{"HTTPS_PROXY", "http://proxy.example:3128"}};
  const ProviderEntry provider = BuildOne(kHttps);
  ASSERT_TRUE(provider.dial.proxy.has_value());
  EXPECT_EQ(provider.dial.proxy->host, "proxy.example");
  EXPECT_FALSE(BuildOne(kHttp).dial.proxy.has_value());
}

TEST_F(SnapshotBuildTest, AProvidersOwnProxyHasItsCredentials) {
  machine_.secrets = {{"env PROXY", "user:pass"}};
  const std::string text = std::string(kHttps) +
                           "forward_proxy { url: 'http://own.example:8' "
                           "                credentials { env: 'PROXY' } }";
  const ProviderEntry provider = BuildOne(text);
  ASSERT_TRUE(provider.dial.proxy.has_value());
  EXPECT_EQ(provider.dial.proxy->credentials.Reveal(), "user:pass");
}

TEST_F(SnapshotBuildTest, AProxyWithoutItsCredentialsIsNotUsed) {
  EXPECT_THAT(BuildOne(std::string(kHttps) +
                       "forward_proxy { url: 'http://own.example:8' "
                       "                credentials { env: 'PROXY' } }")
                  .unusable_because,
              HasSubstr("forward proxy: env PROXY"));
}

constexpr char kModels[] =
    "providers { name: 'p' base_url: 'http://p.example' } "
    "providers { name: 'q' base_url: 'http://q.example' region: 'eu' "
    "  mode: MODE_DRAINING limits { max_concurrent: 7 max_rpm: 8 } } "
    "models { name: 'm' aliases: 'alias' fallback: 'n' "
    "         targets { provider: 'p' model: 'up\"stream' weight: 3 } targets "
    "         { provider: 'q' limits { max_tpm: 6 max_concurrent: 5 } } } "
    "models { name: 'n' targets { provider: 'p' mode: MODE_DISABLED } } ";

TEST_F(SnapshotBuildTest, TargetsOfAModelStandTogether) {
  const BuiltConfig built = Build(kModels);
  ASSERT_NE(built.config, nullptr);
  const RoutingConfig& config = *built.config;
  EXPECT_EQ(config.models[0].first_target, 0u);
  EXPECT_EQ(config.models[0].end_target, 2u);
  EXPECT_EQ(config.models[1].first_target, 2u);
  EXPECT_EQ(config.models[1].end_target, 3u);
  EXPECT_EQ(config.targets[0].id.value, "p/up\"stream");
  EXPECT_EQ(config.targets[0].upstream_model_json, "\"up\\\"stream\"");
  EXPECT_EQ(config.targets[0].base_weight, 3);
  EXPECT_EQ(config.targets[1].upstream_model, "m");
  EXPECT_EQ(config.targets[1].base_weight, 1);
  EXPECT_EQ(config.providers[1].max_concurrent, 7u);
  EXPECT_EQ(config.providers[1].max_rpm, 8u);
  EXPECT_EQ(config.targets[1].max_tpm, 6u);
  EXPECT_EQ(config.targets[1].max_concurrent, 5u);
  EXPECT_EQ(config.providers[1].region, "eu");
}

TEST_F(SnapshotBuildTest, NamesAndAliasesLeadToTheModel) {
  const BuiltConfig built = Build(kModels);
  ASSERT_NE(built.config, nullptr);
  EXPECT_THAT(built.config->model_by_name,
              UnorderedElementsAre(::testing::Pair("m", 0u),
                                   ::testing::Pair("alias", 0u),
                                   ::testing::Pair("n", 1u)));
  EXPECT_THAT(built.config->models[0].fallback, ElementsAre(1u));
}

TEST_F(SnapshotBuildTest, TheStricterOfTwoWillsHolds) {
  const BuiltConfig built = Build(kModels);
  ASSERT_NE(built.config, nullptr);
  EXPECT_EQ(built.config->targets[0].mode, config::v1::MODE_ENABLED);
  EXPECT_EQ(built.config->targets[1].mode, config::v1::MODE_DRAINING);
  EXPECT_EQ(built.config->targets[2].mode, config::v1::MODE_DISABLED);
}

std::string Key(const std::string& secret, const std::string& rights) {
  return "client_keys { name: '" + secret + "' secret_sha256: '" +
         absl::BytesToHexString(weir::Sha256(secret)) + "' " + rights + " } ";
}

TEST_F(SnapshotBuildTest, ClientsAreFoundByDigestAndHaveTheirRights) {
  const BuiltConfig built =
      Build(std::string(kModels) + Key("all", "") +
            Key("some", "models: 'alias' providers: 'q'") +
            Key("star", "models: '*' providers: '*'"));
  ASSERT_NE(built.config, nullptr);
  const RoutingConfig& config = *built.config;
  ASSERT_THAT(config.clients, SizeIs(3));
  for (std::uint32_t i = 0; i < 3; ++i) {
    const auto found =
        config.client_by_digest.find(config.clients[i].secret_sha256);
    ASSERT_NE(found, config.client_by_digest.end());
    EXPECT_EQ(found->second, i);
  }
  EXPECT_EQ(config.clients[0].secret_sha256[0],
            static_cast<std::uint8_t>(weir::Sha256("all")[0]));
  EXPECT_TRUE(config.clients[0].may_use_all_models);
  EXPECT_FALSE(config.clients[0].may_address_all_providers);
  EXPECT_FALSE(config.clients[1].may_use_all_models);
  EXPECT_THAT(config.clients[1].models, UnorderedElementsAre(0u));
  EXPECT_THAT(config.clients[1].providers, UnorderedElementsAre(1u));
  EXPECT_TRUE(config.clients[2].may_use_all_models);
  EXPECT_TRUE(config.clients[2].may_address_all_providers);
}

TEST_F(SnapshotBuildTest, SecretsThatRetireAreTheSameClients) {
  const BuiltConfig built = Build(
      std::string(kModels) +
      Key("new", "expires_at { seconds: 2000 } retiring { secret_sha256: '" +
                     absl::BytesToHexString(weir::Sha256("old")) +
                     "' expires_at { seconds: 1000 } }"));
  ASSERT_NE(built.config, nullptr);
  const ClientEntry& client = built.config->clients.at(0);
  EXPECT_EQ(client.expires_at, absl::FromUnixSeconds(2000));
  ASSERT_THAT(client.retiring, SizeIs(1));
  EXPECT_EQ(client.retiring[0].expires_at, absl::FromUnixSeconds(1000));
  EXPECT_EQ(built.config->client_by_digest.at(client.retiring[0].secret_sha256),
            0U);
}

TEST(FilesOfTest, AreAllThatABuildReads) {
  config::v1::Resources resources;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "providers { credentials { file: '/a' } credentials { env: 'E' } "
      "            tls { ca_file: '/ca' } "
      "            forward_proxy { credentials { file: '/b' } } }",
      &resources));
  EXPECT_THAT(FilesOf(resources), ElementsAre("/a", "/b", "/ca"));
}

TEST(ParseResourcesTest, GarbageIsRefused) {
  EXPECT_THAT(ParseResources("\xff\xff\xff garbage"),
              testing::StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ParseResources(""), testing::IsOk());
}

TEST_F(SnapshotBuildTest, ABreakerAndALongestTimeComeAlong) {
  const ProviderEntry provider =
      BuildOne(std::string(kHttp) +
               "breaker { failures: 2 recovery { seconds: 4 } } "
               "timeouts { total { seconds: 90 } }");
  EXPECT_EQ(provider.breaker.failures, 2);
  EXPECT_EQ(provider.breaker.recovery, absl::Seconds(4));
  EXPECT_EQ(provider.timeouts.total, absl::Seconds(90));
}

TEST_F(SnapshotBuildTest, RoutesAreFollowedToTheirEnd) {
  const BuiltConfig built = Build(
      "providers { name: 'p' base_url: 'http://p.example' } "
      "models { name: 'auto' routes { simple: 'mid' medium: 'mid' "
      "         complex: 'large' multimodal: 'large' } } "
      "models { name: 'mid' targets { provider: 'p' complexity: "
      "         [COMPLEXITY_MEDIUM] } routes { simple: 'small' complex: "
      "         'large' multimodal: 'large' } } "
      "models { name: 'small' targets { provider: 'p' } } "
      "models { name: 'large' targets { provider: 'p' } "
      "         context_tokens: 9 replay_slow_failures: true }");
  ASSERT_NE(built.config, nullptr) << built.problems[0];
  const std::vector<ModelEntry>& models = built.config->models;
  EXPECT_THAT(models[0].route, ElementsAre(2, 1, 3, 3));
  EXPECT_THAT(models[1].route, ElementsAre(2, std::nullopt, 3, 3));
  EXPECT_THAT(models[2].route, Each(std::nullopt));
  EXPECT_EQ(models[0].first_target, models[0].end_target);
  EXPECT_EQ(models[3].context_tokens, 9U);
  EXPECT_TRUE(models[3].replay_slow_failures);
  EXPECT_EQ(models[2].context_tokens, 0U);
  EXPECT_FALSE(models[2].replay_slow_failures);
  EXPECT_THAT(built.config->targets[0].takes,
              ElementsAre(false, true, false, false));
  EXPECT_THAT(built.config->targets[1].takes, Each(true));
}

TEST_F(SnapshotBuildTest, RegionsOfAKeyAreItsRights) {
  const std::string hash(63, '0');
  const BuiltConfig built =
      Build("client_keys { name: 'none' secret_sha256: '" + hash +
            "1' } "
            "client_keys { name: 'one' secret_sha256: '" +
            hash +
            "2' "
            "              regions: 'eu' } "
            "client_keys { name: 'all' secret_sha256: '" +
            hash +
            "3' "
            "              regions: '*' }");
  ASSERT_NE(built.config, nullptr) << built.problems[0];
  const std::vector<ClientEntry>& clients = built.config->clients;
  EXPECT_THAT(clients[0].regions, IsEmpty());
  EXPECT_FALSE(clients[0].may_ask_for_all_regions);
  EXPECT_THAT(clients[1].regions, ElementsAre("eu"));
  EXPECT_FALSE(clients[1].may_ask_for_all_regions);
  EXPECT_TRUE(clients[2].may_ask_for_all_regions);
}

TEST_F(SnapshotBuildTest, TargetsHaveTheirOwnPriceOrTheLists) {
  const BuiltConfig built = Build(
      "providers { name: 'p' base_url: 'http://h.example' } "
      "models { name: 'm' targets { provider: 'p' price { input: 2 "
      "output: 8 } } targets { provider: 'p' model: 'free' } "
      "targets { provider: 'p' model: 'listed' } } "
      "prices { model: 'listed' effective_from { seconds: 100 } "
      "price { output: 5 } }");
  ASSERT_NE(built.config, nullptr);
  const auto price_at = [&](std::size_t target, int second) {
    return built.config->targets.at(target).prices.At(
        absl::FromUnixSeconds(second));
  };
  EXPECT_EQ(price_at(0, 100)->output, 8);
  EXPECT_FALSE(price_at(1, 100).has_value());
  EXPECT_FALSE(price_at(2, 99).has_value());
  EXPECT_EQ(price_at(2, 100)->output, 5);
}

}  // namespace
}  // namespace weir::dataplane
