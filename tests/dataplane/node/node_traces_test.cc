#include "dataplane/node_traces.h"

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/net/plaintext.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/tls/test_certificates.h"
#include "tests/testing/status_matchers.h"

namespace weir::dataplane {
namespace {

using net::Plaintext;
using ::testing::HasSubstr;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

struct TraceFlagsCase {
  std::string name;
  TraceOptions options;
  Plaintext everywhere;
  // Empty: it is fine.
  std::string problem;
};

constexpr char kElsewhere[] = "collector:4317";

class TraceFlagsTest : public ::testing::TestWithParam<TraceFlagsCase> {};

TEST_P(TraceFlagsTest, FollowTheTable) {
  const absl::Status status =
      CheckTraceOptions(GetParam().options, GetParam().everywhere);
  if (GetParam().problem.empty()) {
    EXPECT_THAT(status, IsOk());
  } else {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition,
                                 HasSubstr(GetParam().problem)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Flags, TraceFlagsTest,
    ::testing::ValuesIn<TraceFlagsCase>({
        {"Off", {}, Plaintext::kOnLoopback, ""},
        {"OffAndInsecureElsewhere", {}, Plaintext::kAnywhere, ""},
        {"PlainOnLoopback",
         {.endpoint = "127.0.0.1:4317", .sample = 0.1},
         Plaintext::kOnLoopback,
         ""},
        {"PlainToElsewhere",
         {.endpoint = kElsewhere},
         Plaintext::kOnLoopback,
         "--otlp-endpoint collector:4317: the way there"},
        {"PlainToElsewhereByWord",
         {.endpoint = kElsewhere, .plaintext = Plaintext::kAnywhere},
         Plaintext::kOnLoopback,
         ""},
        {"PlainEverywhereByWord",
         {.endpoint = kElsewhere},
         Plaintext::kAnywhere,
         ""},
        {"AuthorityAlone",
         {.endpoint = kElsewhere, .identity = {"", "", "ca.crt"}},
         Plaintext::kOnLoopback,
         ""},
        {"WholeIdentity",
         {.endpoint = kElsewhere, .identity = {"a.crt", "a.key", "ca.crt"}},
         Plaintext::kOnLoopback,
         ""},
        {"TlsHereThoughPlainElsewhere",
         {.endpoint = kElsewhere, .identity = {"", "", "ca.crt"}},
         Plaintext::kAnywhere,
         ""},
        {"TlsAndInsecure",
         {.endpoint = kElsewhere,
          .identity = {"", "", "ca.crt"},
          .plaintext = Plaintext::kAnywhere},
         Plaintext::kOnLoopback,
         "contradict"},
        {"NoAuthority",
         {.endpoint = kElsewhere, .identity = {"a.crt", "a.key", ""}},
         Plaintext::kOnLoopback,
         "need --otlp-ca"},
        {"NoKey",
         {.endpoint = kElsewhere, .identity = {"a.crt", "", "ca.crt"}},
         Plaintext::kOnLoopback,
         "--otlp-cert and --otlp-key go together"},
        {"SampleOfNothing",
         {.sample = 0.1},
         Plaintext::kOnLoopback,
         "with --otlp-endpoint alone"},
        {"AuthorityOfNobody",
         {.identity = {"", "", "ca.crt"}},
         Plaintext::kOnLoopback,
         "with --otlp-endpoint alone"},
        {"InsecureToNowhere",
         {.plaintext = Plaintext::kAnywhere},
         Plaintext::kOnLoopback,
         "with --otlp-endpoint alone"},
    }),
    [](const auto& test) { return test.param.name; });

TEST(NodeTracesTest, AllThatBeginsHereIsKeptUnlessSomebodySaysOtherwise) {
  NodeTraces off;
  ASSERT_THAT(off.Open({}, Plaintext::kOnLoopback, absl::UnixEpoch()), IsOk());
  EXPECT_EQ(off.sample(), std::nullopt);
  NodeTraces all;
  ASSERT_THAT(all.Open({.endpoint = "127.0.0.1:1"}, Plaintext::kOnLoopback,
                       absl::UnixEpoch()),
              IsOk());
  EXPECT_EQ(all.sample(), 1);
  NodeTraces some;
  ASSERT_THAT(some.Open({.endpoint = "127.0.0.1:1", .sample = 0.25},
                        Plaintext::kOnLoopback, absl::UnixEpoch()),
              IsOk());
  EXPECT_EQ(some.sample(), 0.25);
}

TEST(NodeTracesTest, ItsCertificatesAreReadAndWatched) {
  const absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  const testing::TestCertificates certificates(now);
  NodeTraces traces;
  TraceOptions options{.endpoint = kElsewhere,
                       .identity = {"", "", certificates.Path("ca.crt")}};
  ASSERT_THAT(traces.Open(options, Plaintext::kOnLoopback, now), IsOk());
  std::vector<ops::PortCertificates> status;
  traces.AddStatus(status);
  ASSERT_EQ(status.size(), 1U);
  EXPECT_EQ(status[0].port, "otlp");
  options.identity.authorities = certificates.Path("nothing.crt");
  EXPECT_THAT(NodeTraces().Open(options, Plaintext::kOnLoopback, now),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("nothing.crt")));
}

}  // namespace
}  // namespace weir::dataplane
