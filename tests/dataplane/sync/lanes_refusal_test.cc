// What a node refuses although the control plane found nothing wrong with it.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/sha256.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/lanes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/sync/fake_sources.h"
#include "tests/testing/fake_clock.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Field 1000 is 1.
constexpr char kUnknownField[] = "\xc0\x3e\x01";

config::v1::Resources TwoProviders() {
  config::v1::Resources resources;
  for (const std::string name : {"a", "b"}) {
    config::v1::Provider& provider = *resources.add_providers();
    provider.set_name(name);
    provider.set_base_url("http://" + name + ".test/v1");
  }
  return resources;
}

class LanesRefusalTest : public ::testing::Test {
 protected:
  LanesRefusalTest() { EXPECT_THAT(Refusal(good_), ::testing::IsEmpty()); }

  std::vector<std::string> Refusal(const std::string& bytes) {
    const Version version{1, ++sequence_, weir::Sha256(bytes)};
    const LaneOutcome outcome = lanes_.OfferConfig(version, bytes);
    if (outcome.kind == LaneOutcome::Kind::kApplied) return {};
    EXPECT_EQ(lanes_.config_version()->hash, weir::Sha256(good_));
    return outcome.notes;
  }

  testing::FakeClock clock_;
  testing::FakeMachine machine_;
  std::uint64_t sequence_ = 0;
  const std::string good_ = TwoProviders().SerializeAsString();
  Lanes lanes_{"eu", machine_.Sources(), clock_, good_.size() + 3};
};

TEST_F(LanesRefusalTest, WhatIsBeyondTheNodesLimit) {
  config::v1::Resources larger = TwoProviders();
  larger.mutable_providers(0)->set_region("region");
  EXPECT_THAT(Refusal(larger.SerializeAsString()),
              ElementsAre(HasSubstr("--max-config")));
}

TEST_F(LanesRefusalTest, AFieldOfANewerVersion) {
  EXPECT_THAT(Refusal(good_ + kUnknownField),
              ElementsAre("field 1000 is of a newer version; upgrade this "
                          "node"));
}

TEST_F(LanesRefusalTest, SuchAFieldInsideAnother) {
  config::v1::Resources resources;
  resources.add_providers();
  resources.add_providers()->ParseFromString(kUnknownField);
  EXPECT_THAT(Refusal(resources.SerializeAsString()),
              ElementsAre(HasSubstr("providers[1]: field 1000 ")));
}

}  // namespace
}  // namespace weir::dataplane
