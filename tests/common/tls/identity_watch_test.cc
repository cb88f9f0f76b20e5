#include "common/tls/identity_watch.h"

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/tls/test_certificates.h"
#include "tests/testing/status_matchers.h"

namespace weir::tls {
namespace {

using ::testing::HasSubstr;
using ::weir::testing::IsOk;
using ::weir::testing::ReplaceFile;
using ::weir::testing::StatusIs;
using ::weir::testing::TestCertificates;
using Change = IdentityWatch::Change;

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

class IdentityWatchTest : public ::testing::Test {
 protected:
  cli::SignedKey Fresh() const {
    return certificates_.Sign(certificates_.Server("weir"));
  }
  std::unique_ptr<IdentityWatch> Open() const {
    return IdentityWatch::Open(files_, kStart).value();
  }

  const TestCertificates certificates_{kStart};
  const IdentityFiles files_ = certificates_.Write("server", Fresh());
};

TEST_F(IdentityWatchTest, DoesNotOpenWhatCannotBeUsed) {
  std::filesystem::remove(files_.key);
  EXPECT_THAT(IdentityWatch::Open(files_, kStart),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(IdentityWatchTest, StaysWhatItIsWhileNothingChanges) {
  const auto watch = Open();
  const auto before = watch->Current();
  EXPECT_EQ(watch->Poll(kStart), Change::kNone);
  EXPECT_EQ(watch->Current(), before);
}

TEST_F(IdentityWatchTest, TakesUpARotatedPair) {
  const auto watch = Open();
  const auto before = watch->Current();
  const cli::SignedKey fresh = Fresh();
  certificates_.Write("server", fresh);
  EXPECT_EQ(watch->Poll(kStart), Change::kReplaced);
  EXPECT_EQ(watch->Current()->certificate_chain, fresh.certificate);
  EXPECT_NE(before->certificate_chain, fresh.certificate);
  EXPECT_EQ(watch->counts().replaced, 1);
}

TEST_F(IdentityWatchTest, KeepsTheOldPairUntilTheKeyHasFollowed) {
  const auto watch = Open();
  const auto before = watch->Current();
  const cli::SignedKey fresh = Fresh();
  ReplaceFile(files_.certificate, fresh.certificate);
  EXPECT_EQ(watch->Poll(kStart), Change::kRefused);
  EXPECT_EQ(watch->Current(), before);
  EXPECT_THAT(watch->problem(), HasSubstr("is not the key of"));
  EXPECT_EQ(watch->counts().refused, 1);
  // Said once.
  EXPECT_EQ(watch->Poll(kStart), Change::kNone);

  ReplaceFile(files_.key, std::string(fresh.key.Reveal()));
  EXPECT_EQ(watch->Poll(kStart), Change::kReplaced);
  EXPECT_EQ(watch->Current()->certificate_chain, fresh.certificate);
  EXPECT_EQ(watch->problem(), "");
}

TEST_F(IdentityWatchTest, DoesNotTakeUpWhatHasExpired) {
  const auto watch = Open();
  const auto before = watch->Current();
  cli::CertificateRequest request = certificates_.Server("weir");
  request.not_after = kStart - absl::Minutes(1);
  certificates_.Write("server", certificates_.Sign(request));
  EXPECT_EQ(watch->Poll(kStart), Change::kRefused);
  EXPECT_EQ(watch->Current(), before);
  EXPECT_THAT(watch->problem(), HasSubstr("expired on"));
}

TEST_F(IdentityWatchTest, SaysWhichExpiredInUseAndSinceWhen) {
  cli::CertificateRequest request = certificates_.Server("weir");
  request.not_after = kStart + absl::Minutes(1);
  certificates_.Write("server", certificates_.Sign(request));
  const auto watch = Open();
  EXPECT_EQ(watch->Poll(kStart + absl::Seconds(59)), Change::kNone);
  EXPECT_EQ(watch->problem(), "");
  EXPECT_EQ(watch->Poll(kStart + absl::Seconds(61)), Change::kNone);
  EXPECT_THAT(
      watch->problem(),
      HasSubstr(files_.certificate + ": expired on 2023-11-14 22:14:20 UTC"));
  EXPECT_EQ(watch->counts().refused, 0);
  certificates_.Write("server", Fresh());
  EXPECT_EQ(watch->Poll(kStart + absl::Seconds(62)), Change::kReplaced);
  EXPECT_EQ(watch->problem(), "");
}

TEST_F(IdentityWatchTest, TakesUpWhatWasNotValidYetOnceItIs) {
  const auto watch = Open();
  cli::CertificateRequest request = certificates_.Server("weir");
  request.not_before = kStart + absl::Seconds(2);
  const cli::SignedKey early = certificates_.Sign(request);
  certificates_.Write("server", early);
  EXPECT_EQ(watch->Poll(kStart), Change::kRefused);
  EXPECT_EQ(watch->Poll(kStart + absl::Seconds(1)), Change::kNone);
  EXPECT_EQ(watch->counts().refused, 1);
  EXPECT_EQ(watch->Poll(kStart + absl::Seconds(2)), Change::kReplaced);
  EXPECT_EQ(watch->Current()->certificate_chain, early.certificate);
}

// A mounted secret is links to `..data/FILE`, and `..data` is a link to a
// folder with a date in its name, which is swapped.
TEST_F(IdentityWatchTest, FollowsKubernetesSwappingALinkToTheFolder) {
  namespace fs = std::filesystem;
  const auto folder = [&](const std::string& name, const cli::SignedKey& key) {
    fs::create_directory(certificates_.Path(name));
    ReplaceFile(certificates_.Path(name + "/tls.crt"), key.certificate);
    ReplaceFile(certificates_.Path(name + "/tls.key"),
                std::string(key.key.Reveal()));
  };
  folder("..old", Fresh());
  fs::create_directory_symlink("..old", certificates_.Path("..data"));
  fs::create_symlink("..data/tls.crt", certificates_.Path("tls.crt"));
  fs::create_symlink("..data/tls.key", certificates_.Path("tls.key"));
  const auto watch = IdentityWatch::Open({certificates_.Path("tls.crt"),
                                          certificates_.Path("tls.key"), ""},
                                         kStart)
                         .value();

  const cli::SignedKey fresh = Fresh();
  folder("..new", fresh);
  fs::create_directory_symlink("..new", certificates_.Path("..tmp"));
  fs::rename(certificates_.Path("..tmp"), certificates_.Path("..data"));
  EXPECT_EQ(watch->Poll(kStart), Change::kReplaced);
  EXPECT_EQ(watch->Current()->certificate_chain, fresh.certificate);
}

}  // namespace
}  // namespace weir::tls
