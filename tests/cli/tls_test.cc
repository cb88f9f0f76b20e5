// weirctl over TLS, and what it says where that can't be.
#include <cstdlib>
#include <string>

#include "absl/time/clock.h"
#include "common/tls/identity.h"
#include "tests/cli/weirctl_test.h"
#include "tests/common/tls/test_certificates.h"

namespace weir::cli {
namespace {

using ::testing::HasSubstr;
using ::weir::testing::TestCertificates;

class TlsFlagsTest : public WeirctlTest {
 protected:
  const TestCertificates certificates_{clock_.WallNow()};
  const tls::IdentityFiles files_ = certificates_.Write(
      "ana",
      certificates_.Sign(certificates_.Client("ana", "weir://role/admin")));
};

TEST_F(TlsFlagsTest, ACertificateNeedsItsKey) {
  const Outcome run = Weirctl({"status", "--tls-cert", files_.certificate,
                               "--tls-ca", files_.authorities});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("--tls-cert and --tls-key go together"));
}

TEST_F(TlsFlagsTest, ACertificateNeedsAnAuthority) {
  const Outcome run = Weirctl(
      {"status", "--tls-cert", files_.certificate, "--tls-key", files_.key});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("--tls-cert needs --tls-ca"));
}

TEST_F(TlsFlagsTest, ATokenDoesNotTravelInPlainText) {
  const Outcome run = Weirctl({"status", "--token", "s3cret"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("a token travels over TLS only"));
}

TEST_F(TlsFlagsTest, PlainTextStaysOnTheMachine) {
  const Outcome run = Weirctl({"status", "--server", "192.0.2.1:7400"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("--server 192.0.2.1:7400: the way there is "
                                 "not of this machine alone; give --tls-ca"));
  EXPECT_THAT(
      Weirctl({"status", "--insecure", "--tls-ca", files_.authorities}).err,
      HasSubstr("--insecure and --tls-ca contradict each other"));
}

TEST_F(TlsFlagsTest, AnExpiredCertificateSaysSo) {
  clock_.Advance(absl::Hours(48));
  const Outcome run =
      Weirctl({"status", "--tls-cert", files_.certificate, "--tls-key",
               files_.key, "--tls-ca", files_.authorities});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr(files_.certificate + ": the certificate of "
                                                      "\"ana\" expired on"));
}

}  // namespace
}  // namespace weir::cli
