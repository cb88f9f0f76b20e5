#include "controlplane/credential_check.h"

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "controlplane/registry/registry.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/fake_store.h"
#include "tests/controlplane/sample_resources.h"
#include "tests/controlplane/temporary_directory.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::weir::testing::IsOk;

class CredentialCheckTest : public ::testing::Test {
 protected:
  CredentialCheckTest()
      : registry_(*Registry::Open(store_)),
        scoreboard_(clock_),
        providers_(clock_),
        check_([this] { return registry_->Current().resources; }, scoreboard_,
               providers_) {
    config::v1::Resources resources = SampleResources();
    resources.mutable_providers(0)->add_credentials()->set_file(path());
    EXPECT_THAT(registry_->Apply(resources, {}), IsOk());
  }

  std::string path() const { return directory_.path() + "/key"; }
  void WriteKey() { std::ofstream(path()) << "secret"; }
  TargetState EastState() const {
    return scoreboard_.View()->models.at(0)->targets.at(0).state;
  }

  TemporaryDirectory directory_;
  testing::FakeClock clock_;
  FakeStore store_;
  std::unique_ptr<Registry> registry_;
  Scoreboard scoreboard_;
  ProviderBoard providers_;
  CredentialCheck check_;
};

TEST_F(CredentialCheckTest, AProviderWithoutItsCredentialIsUnusableVisibly) {
  check_.Refresh();
  EXPECT_EQ(EastState(), TargetState::kNoCredential);
  // The other one wants none.
  EXPECT_EQ(scoreboard_.View()->models.at(0)->targets.at(1).state,
            TargetState::kUnknown);
  EXPECT_THAT(check_.problems(),
              ElementsAre(AllOf(HasSubstr("east"), HasSubstr(path()))));
}

TEST_F(CredentialCheckTest, ACredentialThatComesAndGoesIsNoticed) {
  WriteKey();
  check_.Refresh();
  EXPECT_EQ(EastState(), TargetState::kUnknown);
  EXPECT_THAT(check_.problems(), IsEmpty());
  std::remove(path().c_str());
  check_.Refresh();
  EXPECT_EQ(EastState(), TargetState::kNoCredential);
  WriteKey();
  check_.Refresh();
  EXPECT_NE(EastState(), TargetState::kNoCredential);
}

TEST_F(CredentialCheckTest, OneCredentialOfSeveralIsEnough) {
  config::v1::Resources resources = *registry_->Current().resources;
  resources.mutable_providers(0)->add_credentials()->set_env("PATH");
  ASSERT_THAT(registry_->Apply(resources, {}), IsOk());
  check_.Refresh();
  EXPECT_EQ(EastState(), TargetState::kUnknown);
}

TEST_F(CredentialCheckTest, WhereNothingChangedTheScoreboardIsLeftAlone) {
  check_.Refresh();
  const auto before = scoreboard_.View();
  check_.Refresh();
  EXPECT_EQ(scoreboard_.View(), before);
}

TEST_F(CredentialCheckTest, TheBoardHearsOfEachCredentialAndOfNewSecrets) {
  check_.Refresh();
  EXPECT_EQ(providers_.Views().at(0).credentials.at(0).reference,
            "file:" + path());
  EXPECT_EQ(providers_.Views().at(0).credentials.at(0).state,
            CredentialState::kMissing);
  WriteKey();
  check_.Refresh();
  providers_.OnNodeReport({{"east", {{0, "HTTP 401"}}}});
  check_.Refresh();
  EXPECT_EQ(providers_.Views().at(0).credentials.at(0).state,
            CredentialState::kRefused);
  std::ofstream(path()) << "another";
  check_.Refresh();
  EXPECT_EQ(providers_.Views().at(0).credentials.at(0).state,
            CredentialState::kUsable);
}

}  // namespace
}  // namespace weir::controlplane
