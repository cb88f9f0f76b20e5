#include "dataplane/node_tls.h"

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/tls/test_certificates.h"
#include "tests/testing/status_matchers.h"

namespace weir::dataplane {
namespace {

using ::testing::HasSubstr;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;
using ::weir::testing::TestCertificates;

struct NodeTlsCase {
  std::string name;
  NodeTlsOptions options;
  std::string control_plane;
  // Empty: it is fine.
  std::string problem;
};

const tls::IdentityFiles kWholeIdentity = {"node.crt", "node.key", "ca.crt"};

class NodeTlsFlagsTest : public ::testing::TestWithParam<NodeTlsCase> {};

TEST_P(NodeTlsFlagsTest, FollowTheTable) {
  const absl::Status status =
      CheckNodeTls(GetParam().options, GetParam().control_plane);
  if (GetParam().problem.empty()) {
    EXPECT_THAT(status, IsOk());
  } else {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition,
                                 HasSubstr(GetParam().problem)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Flags, NodeTlsFlagsTest,
    ::testing::ValuesIn<NodeTlsCase>({
        {"PlainOnLoopback", {}, "127.0.0.1:7400", ""},
        {"PlainToElsewhere",
         {},
         "weir-controlplane:7400",
         "--control-plane weir-controlplane:7400: the way there"},
        {"PlainToElsewhereByWord",
         {.plaintext = net::Plaintext::kAnywhere},
         "weir-controlplane:7400",
         ""},
        {"TlsToElsewhere",
         {.control_plane = kWholeIdentity},
         "weir-controlplane:7400",
         ""},
        {"TlsAndInsecure",
         {.control_plane = kWholeIdentity,
          .plaintext = net::Plaintext::kAnywhere},
         "127.0.0.1:7400",
         "contradict"},
        {"NoAuthority",
         {.control_plane = {"node.crt", "node.key", ""}},
         "127.0.0.1:7400",
         "--control-plane-key go together"},
        {"AuthorityAlone",
         {.control_plane = {"", "", "ca.crt"}},
         "127.0.0.1:7400",
         "--control-plane-key go together"},
        {"ClientsWithoutKey",
         {.clients = {"a.crt", "", ""}},
         "127.0.0.1:7400",
         "--tls-cert and --tls-key go together"},
    }),
    [](const auto& test) { return test.param.name; });

TEST(NodeTlsTest, TheClientsPortFollowsItsFiles) {
  const absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  const TestCertificates certificates(now);
  const auto write = [&] {
    return certificates.Write("port",
                              certificates.Sign(certificates.Server("weir")));
  };
  NodeTlsOptions options{.clients = write()};
  options.clients.authorities.clear();
  NodeTls tls;
  ASSERT_THAT(tls.Open(options, "127.0.0.1:7400", now), IsOk());
  const tls::ContextPtr before = tls.client_port();
  ASSERT_NE(before, nullptr);
  EXPECT_EQ(tls.Poll(now), NodeTls::Change::kNone);
  write();
  EXPECT_EQ(tls.Poll(now), NodeTls::Change::kClientPort);
  EXPECT_NE(tls.client_port(), before);
  ASSERT_EQ(tls.Status().size(), 1);
  EXPECT_EQ(tls.Status()[0].port, "http");
  EXPECT_EQ(tls.Status()[0].changes.replaced, 1);
}

TEST(NodeTlsTest, WithoutFilesAllIsPlainText) {
  NodeTls tls;
  ASSERT_THAT(tls.Open({}, "127.0.0.1:7400", absl::UnixEpoch()), IsOk());
  EXPECT_EQ(tls.client_port(), nullptr);
  EXPECT_EQ(tls.Poll(absl::UnixEpoch()), NodeTls::Change::kNone);
  EXPECT_TRUE(tls.Status().empty());
}

}  // namespace
}  // namespace weir::dataplane
