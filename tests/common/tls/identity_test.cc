#include "common/tls/identity.h"

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/tls/test_certificates.h"
#include "tests/testing/status_matchers.h"

namespace weir::tls {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::weir::testing::IsOk;
using ::weir::testing::ReplaceFile;
using ::weir::testing::StatusIs;
using ::weir::testing::TestCertificates;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

class IdentityTest : public ::testing::Test {
 protected:
  void ExpectRefused(const IdentityFiles& files, const std::string& file,
                     const std::string& why, absl::Time now = kNow) {
    EXPECT_THAT(LoadIdentity(files, now),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         AllOf(HasSubstr(file + ": "), HasSubstr(why))));
  }

  const TestCertificates certificates_{kNow};
  IdentityFiles files_ = certificates_.Write(
      "server", certificates_.Sign(certificates_.Server("weir")));
};

TEST_F(IdentityTest, HasWhatTheFilesHaveAndWhenTheyExpire) {
  const absl::StatusOr<Identity> identity = LoadIdentity(files_, kNow);
  ASSERT_THAT(identity, IsOk());
  EXPECT_THAT(identity->certificate_chain, HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_THAT(std::string(identity->private_key.Reveal()),
              HasSubstr("PRIVATE KEY"));
  EXPECT_EQ(identity->authorities, certificates_.authority_pem());
  ASSERT_EQ(identity->expiries.size(), 2);
  EXPECT_EQ(identity->expiries[0].file, files_.certificate);
  EXPECT_EQ(identity->expiries[0].when, kNow + absl::Hours(24));
  EXPECT_EQ(identity->expiries[1].file, files_.authorities);
}

TEST_F(IdentityTest, AuthoritiesAloneAreEnoughForAClientWithoutCertificate) {
  const absl::StatusOr<Identity> identity =
      LoadIdentity({.authorities = files_.authorities}, kNow);
  ASSERT_THAT(identity, IsOk());
  EXPECT_EQ(identity->certificate_chain, "");
  EXPECT_TRUE(identity->private_key.empty());
}

TEST_F(IdentityTest, ExpiredSaysWhoseAndSinceWhen) {
  // Valid until the 15th, 22:13:20, as 1,700,000,000 s is the 14th.
  const absl::Time later = kNow + absl::Hours(24 + 49);
  ExpectRefused(files_, files_.certificate,
                "the certificate of \"weir\" expired on 2023-11-15 22:13:20 "
                "UTC, 2d1h ago",
                later);
}

TEST_F(IdentityTest, NotYetValidSaysFromWhenOn) {
  ExpectRefused(files_, files_.certificate,
                "is not valid before 2023-11-14 21:13:20 UTC, in 30m",
                kNow - absl::Minutes(90));
}

TEST_F(IdentityTest, TheEndOfTheFirstInTheChainIsTheChainsEnd) {
  cli::CertificateRequest shorter = certificates_.Server("between");
  shorter.not_after = kNow + absl::Hours(2);
  ReplaceFile(files_.certificate,
              LoadIdentity(files_, kNow)->certificate_chain +
                  certificates_.Sign(shorter).certificate);
  const absl::StatusOr<Identity> identity = LoadIdentity(files_, kNow);
  ASSERT_THAT(identity, IsOk());
  EXPECT_EQ(identity->expiries[0].when, kNow + absl::Hours(2));
  ExpectRefused(files_, files_.certificate, "\"between\" expired",
                kNow + absl::Hours(3));
}

TEST_F(IdentityTest, AnotherCertificatesKeyIsRefused) {
  const cli::SignedKey other =
      certificates_.Sign(certificates_.Server("other"));
  ReplaceFile(files_.key, std::string(other.key.Reveal()));
  ExpectRefused(
      files_, files_.key,
      "is not the key of the certificate of \"weir\" in " + files_.certificate);
}

TEST_F(IdentityTest, WhatIsNoPemIsRefused) {
  ReplaceFile(files_.key, "no key\n");
  ExpectRefused(files_, files_.key, "there is no private key in PEM");
  ReplaceFile(files_.certificate, "no certificate\n");
  ExpectRefused(files_, files_.certificate, "there is no certificate in PEM");
  ReplaceFile(files_.certificate,
              "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  ExpectRefused(files_, files_.certificate, "number 1 can't be read");
}

TEST_F(IdentityTest, ABrokenCertificateBehindAGoodOneIsRefused) {
  ReplaceFile(files_.authorities, certificates_.authority_pem() +
                                      "-----BEGIN CERTIFICATE-----\nAAAA\n"
                                      "-----END CERTIFICATE-----\n");
  ExpectRefused(files_, files_.authorities, "number 2 can't be read");
}

TEST_F(IdentityTest, AFileThatIsNotThereOrTooLargeIsRefused) {
  ReplaceFile(files_.authorities, std::string((1 << 20) + 1, 'x'));
  ExpectRefused(files_, files_.authorities, "is more than 1 MiB");
  std::filesystem::remove(files_.key);
  ExpectRefused(files_, files_.key, "can't be read");
}

TEST_F(IdentityTest, OneValidAuthorityAmongOldOnesIsEnough) {
  const TestCertificates older(kNow - absl::Hours(100));
  ReplaceFile(files_.authorities, older.authority_pem());
  ExpectRefused(files_, files_.authorities, "\"test authority\" expired");
  ReplaceFile(files_.authorities,
              older.authority_pem() + certificates_.authority_pem());
  const absl::StatusOr<Identity> identity = LoadIdentity(files_, kNow);
  ASSERT_THAT(identity, IsOk());
  EXPECT_EQ(identity->expiries[1].when, kNow + absl::Hours(24));
}

}  // namespace
}  // namespace weir::tls
