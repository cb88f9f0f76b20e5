#include <string>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "gtest/gtest.h"
#include "tests/common/config/validate_case.h"

namespace weir::config {
namespace {

v1::Provider& FirstProvider(v1::Resources& resources) {
  return *resources.mutable_providers(0);
}

class ValidateProviderTest : public ::testing::TestWithParam<ValidateCase> {};

TEST_P(ValidateProviderTest, FollowsTheTable) { ExpectFindings(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Sound, ValidateProviderTest,
    ::testing::ValuesIn<ValidateCase>({
        {"Nothing", [](auto& r) { r.Clear(); }},
        {"AsItIs", [](auto&) {}},
        {"NoCredentials",
         [](auto& r) { FirstProvider(r).clear_credentials(); }},
        {"LeastDurations",
         [](auto& r) {
           *FirstProvider(r).mutable_health_check()->mutable_interval() =
               FromDuration(absl::Milliseconds(100));
           *FirstProvider(r).mutable_timeouts()->mutable_fast() =
               FromDuration(absl::Milliseconds(10));
         }},
        {"GreatestPriority",
         [](auto& r) { FirstProvider(r).set_priority(1000000); }},
        {"Proxy",
         [](auto& r) {
           auto& proxy = *FirstProvider(r).mutable_forward_proxy();
           proxy.set_url("http://proxy.example:3128");
           proxy.mutable_credentials()->set_file("/run/proxy");
         }},
        {"Anthropic",
         [](auto& r) { FirstProvider(r).set_dialect(v1::DIALECT_ANTHROPIC); }},
        {"Gemini",
         [](auto& r) { FirstProvider(r).set_dialect(v1::DIALECT_GEMINI); }},
        {"NoProxyAtAll",
         [](auto& r) {
           FirstProvider(r).mutable_forward_proxy()->set_url("direct");
         }},
        {"Tls",
         [](auto& r) {
           FirstProvider(r).mutable_tls()->set_ca_file("/etc/ca.pem");
           FirstProvider(r).mutable_tls()->set_server_name("relay.example");
         }},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Contradictions, ValidateProviderTest,
    ::testing::ValuesIn<ValidateCase>({
        {"AddressThatIsNeverCalled",
         [](auto& r) {
           FirstProvider(r).set_base_url("http://169.254.169.254/v1");
         },
         "providers[0].base_url: is an address that weir never calls: "
         "169.254.169.254 (link-local, a cloud's metadata, multicast or "
         "none); write the provider's own host"},
        {"PrivateAddress",
         [](auto& r) { FirstProvider(r).set_base_url("http://10.0.0.5/v1"); }},
        {"ShorterRequestsAreWaitedForLonger",
         [](auto& r) {
           auto& timeouts = *FirstProvider(r).mutable_timeouts();
           *timeouts.mutable_fast() = FromDuration(absl::Seconds(9));
           *timeouts.mutable_normal() = FromDuration(absl::Seconds(8));
           *timeouts.mutable_complex() = FromDuration(absl::Seconds(7));
         },
         "",
         "providers[0].timeouts.fast: is more than normal; give normal at "
         "least as much\n"
         "providers[0].timeouts.normal: is more than complex; give complex at "
         "least as much"},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Names, ValidateProviderTest,
    ::testing::ValuesIn<ValidateCase>({
        {"Twice", [](auto& r) { *r.add_providers() = r.providers(0); },
         "providers[2].name: \"relay\" is what providers[0].name says too; "
         "give each its own name"},
        {"BadFirstLetter",
         [](auto& r) {
           r.add_providers()->CopyFrom(r.providers(0));
           r.mutable_providers(2)->set_name("-x");
         },
         "providers[2].name: is not a name: \"-x\"; write 1 to 63 of a-z A-Z "
         "0-9 . _ -, a letter or digit first",
         "providers[2]: \"-x\" is used by no model and no client key; name it "
         "in a model's targets, or remove it"},
        {"NoNameAtAll",
         [](auto& r) {
           r.add_client_keys()->CopyFrom(r.client_keys(0));
           r.mutable_client_keys(1)->clear_name();
           r.mutable_client_keys(1)->set_secret_sha256(std::string(64, 'b'));
         },
         "client_keys[1].name: is missing; write a name that no other has"},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Connection, ValidateProviderTest,
    ::testing::ValuesIn<ValidateCase>({
        {"NoUrl", [](auto& r) { FirstProvider(r).clear_base_url(); },
         "providers[0].base_url: is missing; write one like "
         "https://api.openai.com/v1"},
        {"NoScheme",
         [](auto& r) { FirstProvider(r).set_base_url("api.openai.com/v1"); },
         "providers[0].base_url: does not begin with http:// or https://; "
         "write one like https://api.openai.com/v1"},
        {"WholePath",
         [](auto& r) {
           FirstProvider(r).set_base_url(
               "https://a.example/v1/chat/completions");
         },
         "",
         "providers[0].base_url: ends with /chat/completions, which weir "
         "appends itself; end it with the API version: "
         "\"https://a.example/v1\""},
        {"CredentialWithoutSource",
         [](auto& r) { FirstProvider(r).add_credentials(); },
         "providers[0].credentials[1]: has no source; write env: NAME or file: "
         "/path"},
        {"RelativeSecretFile",
         [](auto& r) { FirstProvider(r).add_credentials()->set_file("key"); },
         "providers[0].credentials[1].file: is not an absolute path; write a "
         "path like /run/secrets/relay-key, never the secret itself"},
        {"TlsWithoutTls",
         [](auto& r) {
           FirstProvider(r).set_base_url("http://relay.example/v1");
           FirstProvider(r).mutable_tls()->set_ca_file("/etc/ca.pem");
         },
         "providers[0].tls: is set for a base_url without TLS; write https:// "
         "in base_url, or remove tls"},
        {"RelativeAuthorities",
         [](auto& r) { FirstProvider(r).mutable_tls()->set_ca_file("ca.pem"); },
         "providers[0].tls.ca_file: is not an absolute path: \"ca.pem\"; write "
         "the path of a PEM file from / on"},
        {"ServerNameWithScheme",
         [](auto& r) {
           FirstProvider(r).mutable_tls()->set_server_name("https://a.example");
         },
         "providers[0].tls.server_name: is not a host name: "
         "\"https://a.example\"; write the name in the provider's certificate"},
        {"ProxyWithoutPort",
         [](auto& r) {
           FirstProvider(r).mutable_forward_proxy()->set_url(
               "http://proxy.example");
         },
         "providers[0].forward_proxy.url: is not the address of a proxy; write "
         "http://host:port or direct; a password goes to credentials"},
        {"CredentialsWithoutProxy",
         [](auto& r) {
           FirstProvider(r)
               .mutable_forward_proxy()
               ->mutable_credentials()
               ->set_env("PROXY");
         },
         "providers[0].forward_proxy.credentials: belong to no proxy; write "
         "url: http://host:port, or remove them"},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Ranges, ValidateProviderTest,
    ::testing::ValuesIn<ValidateCase>({
        {"Priority", [](auto& r) { FirstProvider(r).set_priority(-1000001); },
         "providers[0].priority: is out of range: -1000001; write a value from "
         "-1000000 to 1000000"},
        {"Interval",
         [](auto& r) {
           *FirstProvider(r).mutable_health_check()->mutable_interval() =
               FromDuration(absl::Milliseconds(99));
         },
         "providers[0].health_check.interval: is out of range: 99ms; write a "
         "value from 100ms to 1h"},
        {"ProbeTimeout",
         [](auto& r) {
           *FirstProvider(r).mutable_health_check()->mutable_timeout() =
               FromDuration(absl::Minutes(6));
         },
         "providers[0].health_check.timeout: is out of range: 6m; write a "
         "value from 10ms to 5m"},
        {"Streaks",
         [](auto& r) {
           FirstProvider(r).mutable_health_check()->set_unhealthy_after(0);
           FirstProvider(r).mutable_health_check()->set_healthy_after(101);
         },
         "providers[0].health_check.unhealthy_after: is out of range: 0; write "
         "a value from 1 to 100\n"
         "providers[0].health_check.healthy_after: is out of range: 101; write "
         "a value from 1 to 100"},
        {"EachTimeout",
         [](auto& r) {
           v1::Timeouts& timeouts = *FirstProvider(r).mutable_timeouts();
           const auto negative = FromDuration(absl::Seconds(-1));
           *timeouts.mutable_connect() = FromDuration(absl::Minutes(2));
           *timeouts.mutable_fast() = negative;
           *timeouts.mutable_normal() = negative;
           *timeouts.mutable_complex() = negative;
           *timeouts.mutable_stream_idle() = negative;
           *timeouts.mutable_total() = FromDuration(absl::Hours(25));
         },
         "providers[0].timeouts.connect: is out of range: 2m; write a value "
         "from 10ms to 1m\n"
         "providers[0].timeouts.fast: is out of range: -1s; write a value from "
         "10ms to 1h\n"
         "providers[0].timeouts.normal: is out of range: -1s; write a value "
         "from 10ms to 1h\n"
         "providers[0].timeouts.complex: is out of range: -1s; write a value "
         "from 10ms to 1h\n"
         "providers[0].timeouts.stream_idle: is out of range: -1s; write a "
         "value from 10ms to 1h\n"
         "providers[0].timeouts.total: is out of range: 25h; write a value "
         "from 1s to 24h"},
        {"Breaker",
         [](auto& r) {
           v1::Breaker& breaker = *FirstProvider(r).mutable_breaker();
           breaker.set_failures(0);
           *breaker.mutable_recovery() = FromDuration(absl::Milliseconds(99));
         },
         "providers[0].breaker.failures: is out of range: 0; write a value "
         "from 1 to 1000\n"
         "providers[0].breaker.recovery: is out of range: 99ms; write a value "
         "from 100ms to 1h"},
        {"QuickestBreaker",
         [](auto& r) {
           v1::Breaker& breaker = *FirstProvider(r).mutable_breaker();
           breaker.set_failures(1);
           *breaker.mutable_recovery() = FromDuration(absl::Milliseconds(100));
         }},
        {"MalformedDuration",
         [](auto& r) {
           auto& fast = *FirstProvider(r).mutable_timeouts()->mutable_fast();
           fast.set_seconds(2);
           fast.set_nanos(-1000000000);
         },
         "providers[0].timeouts.fast: is out of range: 1s; write a value from "
         "10ms to 1h"},
        {"LongRegion",
         [](auto& r) { FirstProvider(r).set_region(std::string(256, 'x')); },
         "providers[0].region: is longer than 255 bytes; write something "
         "shorter"},
        {"RegionOnTwoLines",
         [](auto& r) { FirstProvider(r).set_region("a\nb"); },
         "providers[0].region: holds a control character; write it on one "
         "line"},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Version, ValidateProviderTest,
    ::testing::ValuesIn<ValidateCase>({
        {"DialectOfAnotherVersion",
         [](auto& r) {
           FirstProvider(r).set_dialect(static_cast<v1::Dialect>(17));
         },
         "providers[0].dialect: 17 is not in this version; use openai, "
         "anthropic or gemini"},
        {"ModeOfAnotherVersion",
         [](auto& r) { FirstProvider(r).set_mode(static_cast<v1::Mode>(17)); },
         "providers[0].mode: is not known: 17; write enabled, draining or "
         "disabled"},
        {"ProbeKindOfAnotherVersion",
         [](auto& r) {
           FirstProvider(r).mutable_health_check()->set_kind(
               static_cast<v1::ProbeKind>(17));
         },
         "providers[0].health_check.kind: is not known: 17; write chat, models "
         "or tcp"},
        {"ModelForAProbeThatAsksNone",
         [](auto& r) {
           FirstProvider(r).mutable_health_check()->set_kind(
               v1::PROBE_KIND_TCP);
           FirstProvider(r).mutable_health_check()->set_model("m");
         },
         "",
         "providers[0].health_check.model: has no effect: only kind chat asks "
         "a model; write kind: chat, or remove it"},
        {"Budget",
         [](auto& r) {
           FirstProvider(r).mutable_health_check()->set_budget_usd(2);
         },
         "", ""},
        {"NegativeBudget",
         [](auto& r) {
           FirstProvider(r).mutable_health_check()->set_budget_usd(-1);
         },
         "providers[0].health_check.budget_usd: is out of range: -1; write a "
         "value from 0 to 1000000",
         ""},
        {"Limits",
         [](auto& r) {
           FirstProvider(r).mutable_limits()->set_max_tpm(1);
           FirstProvider(r).mutable_limits()->set_max_concurrent(1);
         }},
        {"UsedByNobody", [](auto& r) { r.clear_models(); }, "",
         "providers[0]: \"relay\" is used by no model and no client key; name "
         "it in a model's targets, or remove it\n"
         "providers[1]: \"direct\" is used by no model and no client key; name "
         "it in a model's targets, or remove it"},
        {"UsedByAKey",
         [](auto& r) {
           r.clear_models();
           r.mutable_client_keys(0)->add_providers("*");
         }},
    }),
    [](const auto& test) { return test.param.name; });

// The likeliest mistake is a secret where its reference belongs.
TEST(ValidateSecretsTest, AMisplacedSecretIsNotShown) {
  constexpr char kSecret[] = "sk-live-1234";
  v1::Resources resources = SoundResources();
  FirstProvider(resources).add_credentials()->set_env(kSecret);
  FirstProvider(resources).add_credentials()->set_file(kSecret);
  FirstProvider(resources).set_base_url(std::string("https://u:") + kSecret +
                                        "@a.b/");
  FirstProvider(resources).mutable_forward_proxy()->set_url(
      std::string("http://u:") + kSecret + "@proxy:80");
  resources.mutable_client_keys(0)->set_secret_sha256(kSecret);
  const Findings findings = Validate(resources);
  EXPECT_EQ(findings.problems.size(), 5);
  EXPECT_EQ(Describe(findings.problems).find(kSecret), std::string::npos);
}

}  // namespace
}  // namespace weir::config
