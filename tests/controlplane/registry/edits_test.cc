#include "controlplane/registry/edits.h"

#include <memory>

#include "absl/strings/escaping.h"
#include "common/sha256.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/controlplane/fake_store.h"
#include "tests/controlplane/sample_resources.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::weir::testing::IsOk;
using ::weir::testing::StatusIs;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

config::v1::ClientKey Wanted(const std::string& name) {
  config::v1::ClientKey wanted;
  wanted.set_name(name);
  return wanted;
}

class EditsTest : public ::testing::Test {
 protected:
  EditsTest() : registry_(*Registry::Open(store_)) {
    EXPECT_THAT(registry_->Apply(SampleResources(), {}), IsOk());
  }

  FakeStore store_;
  std::unique_ptr<Registry> registry_;
};

TEST_F(EditsTest, SetCreatesAndReplaces) {
  ASSERT_THAT(SetProvider(*registry_, SampleProvider("north")), IsOk());
  config::v1::Provider changed = SampleProvider("north");
  changed.set_region("no");
  ASSERT_THAT(SetProvider(*registry_, changed), IsOk());
  EXPECT_EQ(registry_->Current().resources->providers_size(), 3);
  EXPECT_EQ(FindProvider(*registry_, "north")->region(), "no");
}

TEST_F(EditsTest, WhatIsNotThereIsNotFoundByName) {
  const auto not_found = StatusIs(StatusCode::kNotFound, HasSubstr("nobody"));
  EXPECT_THAT(FindProvider(*registry_, "nobody"), not_found);
  EXPECT_THAT(FindModel(*registry_, "nobody"), not_found);
  EXPECT_THAT(RemoveProvider(*registry_, "nobody"), not_found);
  EXPECT_THAT(RemoveModel(*registry_, "nobody"), not_found);
  EXPECT_THAT(RevokeClientKey(*registry_, "nobody"), not_found);
  EXPECT_THAT(SetProviderMode(*registry_, "nobody", config::v1::MODE_DISABLED),
              not_found);
  EXPECT_THAT(SetModelMode(*registry_, "nobody", config::v1::MODE_DISABLED),
              not_found);
  EXPECT_THAT(
      SetTargetMode(*registry_, {"chat", "nobody"}, config::v1::MODE_DISABLED),
      not_found);
}

TEST_F(EditsTest, AProviderInUseIsNotRemoved) {
  EXPECT_THAT(RemoveProvider(*registry_, "east"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("east")));
  ASSERT_THAT(RemoveModel(*registry_, "chat"), IsOk());
  EXPECT_THAT(RemoveProvider(*registry_, "east"), IsOk());
}

TEST_F(EditsTest, ModesAreSetForProviderModelAndTargets) {
  ASSERT_THAT(SetProviderMode(*registry_, "east", config::v1::MODE_DRAINING),
              IsOk());
  ASSERT_THAT(SetModelMode(*registry_, "chat", config::v1::MODE_DISABLED),
              IsOk());
  ASSERT_THAT(
      SetTargetMode(*registry_, {"chat", "west"}, config::v1::MODE_DISABLED),
      IsOk());
  EXPECT_EQ(FindProvider(*registry_, "east")->mode(),
            config::v1::MODE_DRAINING);
  const config::v1::Model model = *FindModel(*registry_, "chat");
  EXPECT_EQ(model.mode(), config::v1::MODE_DISABLED);
  EXPECT_EQ(model.targets(0).mode(), config::v1::MODE_UNSPECIFIED);
  EXPECT_EQ(model.targets(1).mode(), config::v1::MODE_DISABLED);
}

TEST_F(EditsTest, AModeMustBeSaid) {
  for (int mode : {0, 99}) {
    EXPECT_THAT(SetProviderMode(*registry_, "east",
                                static_cast<config::v1::Mode>(mode)),
                StatusIs(StatusCode::kInvalidArgument, HasSubstr("mode")));
  }
}

TEST_F(EditsTest, ANewKeysSecretIsKnownToItsOwnerAlone) {
  config::v1::ClientKey wanted = Wanted("ci");
  wanted.add_models("chat");
  wanted.add_providers("east");
  wanted.set_team("search");
  absl::StatusOr<CreatedClientKey> created =
      CreateClientKey(*registry_, wanted, kNow);
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->client_key.secret_sha256(),
            absl::BytesToHexString(Sha256(created->secret)));
  EXPECT_THAT(created->client_key.models(), ElementsAre("chat"));
  EXPECT_THAT(created->client_key.providers(), ElementsAre("east"));
  EXPECT_EQ(created->client_key.team(), "search");
  EXPECT_EQ(created->client_key.created_at().seconds(), 1'700'000'000);
  EXPECT_THAT(store_.Load()->resources.SerializeAsString(),
              Not(HasSubstr(created->secret)));
}

TEST_F(EditsTest, AKeysNameIsTakenOnlyOnce) {
  EXPECT_THAT(CreateClientKey(*registry_, Wanted("app"), kNow),
              StatusIs(StatusCode::kAlreadyExists, HasSubstr("app")));
  ASSERT_THAT(RevokeClientKey(*registry_, "app"), IsOk());
  EXPECT_THAT(CreateClientKey(*registry_, Wanted("app"), kNow), IsOk());
}

TEST_F(EditsTest, AKeyThatIsOverAlreadyIsNotMade) {
  config::v1::ClientKey wanted = Wanted("ci");
  wanted.mutable_expires_at()->set_seconds(absl::ToUnixSeconds(kNow));
  EXPECT_THAT(CreateClientKey(*registry_, wanted, kNow),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("expires_at")));
}

TEST_F(EditsTest, ARotatedKeysOldSecretWorksForAWhile) {
  const auto first = CreateClientKey(*registry_, Wanted("ci"), kNow);
  ASSERT_THAT(first, IsOk());
  const auto second = RotateClientKey(*registry_, "ci", absl::Hours(24), kNow);
  ASSERT_THAT(second, IsOk());
  const config::v1::ClientKey& key = second->client_key;
  EXPECT_EQ(key.secret_sha256(),
            absl::BytesToHexString(Sha256(second->secret)));
  EXPECT_NE(key.hint(), first->client_key.hint());
  ASSERT_EQ(key.retiring_size(), 1);
  EXPECT_EQ(key.retiring(0).secret_sha256(), first->client_key.secret_sha256());
  EXPECT_EQ(key.retiring(0).expires_at().seconds(),
            absl::ToUnixSeconds(kNow + absl::Hours(24)));
  const auto third = RotateClientKey(*registry_, "ci", absl::ZeroDuration(),
                                     kNow + absl::Hours(24));
  ASSERT_THAT(third, IsOk());
  EXPECT_EQ(third->client_key.retiring_size(), 0)
      << "the first is over, the second got no grace";
}

TEST_F(EditsTest, ARotationNeedsAKeyAndAGraceThatMakesSense) {
  EXPECT_THAT(RotateClientKey(*registry_, "nobody", absl::Hours(1), kNow),
              StatusIs(StatusCode::kNotFound));
  for (const absl::Duration grace :
       {-absl::Seconds(1), kMaxGrace + absl::Seconds(1)}) {
    EXPECT_THAT(RotateClientKey(*registry_, "app", grace, kNow),
                StatusIs(StatusCode::kInvalidArgument, HasSubstr("grace")));
  }
}

}  // namespace
}  // namespace weir::controlplane
