#include "dataplane/sync/lanes.h"

#include <google/protobuf/text_format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/config/secrets.h"
#include "common/sha256.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/stored_lanes.h"
#include "dataplane/sync/version.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/sync/fake_sources.h"
#include "tests/testing/fake_clock.h"
#include "weir/config/v1/resources.pb.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = LaneOutcome::Kind;
using Change = Lanes::Change;
using Agreement = Lanes::Agreement;

template <typename Message>
std::string Serialized(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message.SerializeAsString();
}

// Model m with equal targets at a and b, beside `more`.
std::string LaneConfig(const std::string& more = "") {
  return Serialized<config::v1::Resources>(
      "providers { name: 'a' base_url: 'http://a.example' } "
      "providers { name: 'b' base_url: 'http://b.example' } "
      "models { name: 'm' targets { provider: 'a' } "
      "         targets { provider: 'b' } } " +
      more);
}

std::string Weights(double a, double b) {
  return Serialized<routing::v1::Weights>(
      "time_to_live { seconds: 60 } models { model: 'm' regions { "
      "targets { provider: 'a' upstream_model: 'm' weight: " +
      std::to_string(a) +
      " } targets { provider: 'b' upstream_model: 'm' weight: " +
      std::to_string(b) + " } } }");
}

Version Of(std::uint64_t sequence, const std::string& bytes) {
  return {1, sequence, weir::Sha256(bytes)};
}

class LanesTest : public ::testing::Test {
 protected:
  LaneOutcome OfferConfig(std::uint64_t sequence, const std::string& bytes) {
    return lanes_.OfferConfig(Of(sequence, bytes), bytes);
  }
  LaneOutcome OfferWeights(std::uint64_t sequence, const std::string& bytes) {
    return lanes_.OfferWeights(Of(sequence, bytes), bytes);
  }
  double ShareOfA() const { return lanes_.current().weights->share[0].weight; }

  routing::v1::Heartbeat Running() const {
    routing::v1::Heartbeat heartbeat;
    *heartbeat.mutable_config() = ToProto(*lanes_.config_version());
    *heartbeat.mutable_weights() = ToProto(*lanes_.weights_version());
    return heartbeat;
  }

  testing::FakeClock clock_;
  testing::FakeMachine machine_;
  Lanes lanes_{"eu", machine_.Sources(), clock_};
};

TEST_F(LanesTest, BeginsWithNothing) {
  EXPECT_EQ(lanes_.current().config, nullptr);
  EXPECT_EQ(lanes_.current().weights, nullptr);
  EXPECT_EQ(lanes_.config_version(), std::nullopt);
  EXPECT_EQ(lanes_.Refresh(), Change::kNone);
}

TEST_F(LanesTest, AConfigurationAloneRoutesByItsBase) {
  EXPECT_EQ(OfferConfig(1, LaneConfig()).kind, Kind::kApplied);
  EXPECT_NEAR(ShareOfA(), 0.5, 1e-9);
  EXPECT_EQ(lanes_.current().weights->version, std::nullopt);
  EXPECT_EQ(lanes_.config_version(), Of(1, LaneConfig()));
}

TEST_F(LanesTest, WeightsThatComeFirstWaitForTheirConfiguration) {
  EXPECT_EQ(OfferWeights(1, Weights(0.9, 0.1)).kind, Kind::kApplied);
  EXPECT_EQ(lanes_.current().config, nullptr);
  OfferConfig(1, LaneConfig());
  EXPECT_NEAR(ShareOfA(), 0.9, 1e-9);
}

TEST_F(LanesTest, WeightsOfTargetsThatComeLaterAreKept) {
  OfferConfig(1, Serialized<config::v1::Resources>(""));
  OfferWeights(1, Weights(0.9, 0.1));
  OfferConfig(2, LaneConfig());
  EXPECT_NEAR(ShareOfA(), 0.9, 1e-9);
}

TEST_F(LanesTest, ADuplicateIsNoChange) {
  OfferConfig(1, LaneConfig());
  const auto before = lanes_.current().config;
  EXPECT_EQ(OfferConfig(1, LaneConfig()).kind, Kind::kRunningAlready);
  EXPECT_EQ(lanes_.current().config, before);
}

TEST_F(LanesTest, GarbageIsRefusedAndTheOldRunsOn) {
  OfferConfig(1, LaneConfig());
  const LaneOutcome outcome = OfferConfig(2, "\xff\xff\xff garbage");
  EXPECT_EQ(outcome.kind, Kind::kRefused);
  EXPECT_THAT(outcome.notes, ElementsAre(HasSubstr("no Resources")));
  EXPECT_EQ(lanes_.config_version(), Of(1, LaneConfig()));
}

TEST_F(LanesTest, AnInvalidConfigurationIsRefusedAsAWhole) {
  OfferConfig(1, LaneConfig());
  const LaneOutcome outcome = OfferConfig(
      2, LaneConfig("models { name: 'x' targets { provider: '?' } }"));
  EXPECT_EQ(outcome.kind, Kind::kRefused);
  EXPECT_THAT(outcome.notes, Not(IsEmpty()));
  EXPECT_EQ(lanes_.current().config->models.size(), 1u);
}

TEST_F(LanesTest, AWrongHashIsRefused) {
  const LaneOutcome outcome =
      lanes_.OfferConfig(Of(1, "other bytes"), LaneConfig());
  EXPECT_EQ(outcome.kind, Kind::kRefused);
  EXPECT_EQ(lanes_.current().config, nullptr);
}

TEST_F(LanesTest, AnOldLeadersConfigurationIsRefused) {
  OfferConfig(5, LaneConfig());
  EXPECT_EQ(OfferConfig(4, LaneConfig()).kind, Kind::kRefused);
}

TEST_F(LanesTest, LyingWeightsAreRefusedAndTheOldOnesCount) {
  OfferConfig(1, LaneConfig());
  OfferWeights(1, Weights(0.9, 0.1));
  EXPECT_EQ(OfferWeights(2, Weights(-1, 2)).kind, Kind::kRefused);
  EXPECT_EQ(OfferWeights(2, "\xff garbage").kind, Kind::kRefused);
  EXPECT_NEAR(ShareOfA(), 0.9, 1e-9);
  EXPECT_EQ(lanes_.weights_version(), Of(1, Weights(0.9, 0.1)));
}

TEST_F(LanesTest, APinnedSnapshotDoesNotChange) {
  OfferConfig(1, LaneConfig());
  OfferWeights(1, Weights(0.9, 0.1));
  const Snapshot pinned = lanes_.current();
  OfferWeights(2, Weights(0.2, 0.8));
  EXPECT_NEAR(pinned.weights->share[0].weight, 0.9, 1e-9);
  EXPECT_NEAR(ShareOfA(), 0.2, 1e-9);
}

class StaleWeightsTest : public LanesTest {
 protected:
  StaleWeightsTest() {
    OfferConfig(1, LaneConfig());
    OfferWeights(1, Weights(0.9, 0.1));
  }
};

TEST_F(StaleWeightsTest, CountInFullUntilTheirTimeToLive) {
  clock_.Advance(absl::Seconds(60));
  EXPECT_EQ(lanes_.Refresh(), Change::kNone);
  EXPECT_EQ(lanes_.weights_age(), absl::Seconds(60));
}

TEST_F(StaleWeightsTest, DriftToTheBaseInFiveMinutes) {
  clock_.Advance(absl::Seconds(60 + 150));
  EXPECT_EQ(lanes_.Refresh(), Change::kSnapshot);
  EXPECT_NEAR(ShareOfA(), 0.7, 1e-9);
  clock_.Advance(absl::Seconds(150));
  EXPECT_EQ(lanes_.Refresh(), Change::kSnapshot);
  EXPECT_NEAR(ShareOfA(), 0.5, 1e-9);
  EXPECT_EQ(lanes_.trust(), 0);
}

TEST_F(StaleWeightsTest, ArePublishedInStepsAndNotForEver) {
  int published = 0;
  for (int second = 0; second < 1000; ++second) {
    clock_.Advance(absl::Seconds(1));
    if (lanes_.Refresh() == Change::kSnapshot) ++published;
  }
  EXPECT_GE(published, 75);
  EXPECT_LE(published, 101);
}

TEST_F(StaleWeightsTest, AHeartbeatMakesThemFreshAgain) {
  clock_.Advance(absl::Seconds(60 + 150));
  lanes_.Refresh();
  EXPECT_EQ(lanes_.OnHeartbeat(Running()), Agreement::kInStep);
  EXPECT_EQ(lanes_.Refresh(), Change::kSnapshot);
  EXPECT_NEAR(ShareOfA(), 0.9, 1e-9);
}

TEST_F(StaleWeightsTest, TheSameWeightsAgainMakeThemFresh) {
  clock_.Advance(absl::Seconds(59));
  EXPECT_EQ(OfferWeights(1, Weights(0.9, 0.1)).kind, Kind::kRunningAlready);
  clock_.Advance(absl::Seconds(59));
  EXPECT_EQ(lanes_.Refresh(), Change::kNone);
}

TEST_F(StaleWeightsTest, AHeartbeatOfOtherWeightsConfirmsNothing) {
  routing::v1::Heartbeat heartbeat = Running();
  heartbeat.mutable_weights()->set_hash(weir::Sha256("other"));
  clock_.Advance(absl::Seconds(60 + 150));
  lanes_.OnHeartbeat(heartbeat);
  lanes_.Refresh();
  EXPECT_NEAR(ShareOfA(), 0.7, 1e-9);
}

TEST_F(StaleWeightsTest, ANewConfigurationMakesNoOldWordFresh) {
  clock_.Advance(absl::Seconds(60 + 150));
  OfferConfig(2, LaneConfig("policy { latency_scale: 6 }"));
  EXPECT_NEAR(ShareOfA(), 0.7, 1e-9);
}

TEST_F(LanesTest, AHeartbeatThatKnowsMoreMeansBehind) {
  OfferConfig(1, LaneConfig());
  OfferWeights(1, Weights(0.5, 0.5));
  routing::v1::Heartbeat heartbeat = Running();
  EXPECT_EQ(lanes_.OnHeartbeat(heartbeat), Agreement::kInStep);
  heartbeat.mutable_config()->set_sequence(2);
  EXPECT_EQ(lanes_.OnHeartbeat(heartbeat), Agreement::kBehind);
  heartbeat = Running();
  heartbeat.mutable_weights()->set_sequence(2);
  EXPECT_EQ(lanes_.OnHeartbeat(heartbeat), Agreement::kBehind);
}

TEST_F(LanesTest, AnEmptyHeartbeatAsksForNothing) {
  EXPECT_EQ(lanes_.OnHeartbeat({}), Agreement::kInStep);
}

TEST_F(LanesTest, AnOlderHeartbeatAsksForNothing) {
  OfferConfig(5, LaneConfig());
  routing::v1::Heartbeat heartbeat;
  *heartbeat.mutable_config() = ToProto(Of(4, LaneConfig()));
  EXPECT_EQ(lanes_.OnHeartbeat(heartbeat), Agreement::kInStep);
}

TEST_F(LanesTest, WhatWasRefusedIsNotMissed) {
  OfferConfig(1, LaneConfig());
  OfferConfig(2, "\xff garbage");
  routing::v1::Heartbeat heartbeat;
  *heartbeat.mutable_config() = ToProto(Of(2, "\xff garbage"));
  EXPECT_EQ(lanes_.OnHeartbeat(heartbeat), Agreement::kInStep);
}

TEST_F(LanesTest, WhatWasStoredComesBack) {
  OfferConfig(3, LaneConfig());
  OfferWeights(4, Weights(0.9, 0.1));
  clock_.Advance(absl::Seconds(10));
  const StoredLanes stored = lanes_.Stored();

  Lanes restored("eu", machine_.Sources(), clock_);
  EXPECT_EQ(restored.Restore(stored).kind, Kind::kApplied);
  EXPECT_EQ(restored.config_version(), lanes_.config_version());
  EXPECT_EQ(restored.weights_version(), lanes_.weights_version());
  EXPECT_NEAR(restored.current().weights->share[0].weight, 0.9, 1e-9);
  EXPECT_EQ(restored.weights_age(), absl::Seconds(10));
}

TEST_F(LanesTest, StoredWeightsAreAsOldAsTheyAre) {
  OfferConfig(3, LaneConfig());
  OfferWeights(4, Weights(0.9, 0.1));
  const StoredLanes stored = lanes_.Stored();
  clock_.Advance(absl::Hours(1));
  Lanes restored("eu", machine_.Sources(), clock_);
  restored.Restore(stored);
  EXPECT_NEAR(restored.current().weights->share[0].weight, 0.5, 1e-9);
}

TEST_F(LanesTest, AWallClockSetBackMakesNothingYoungerThanNew) {
  OfferConfig(3, LaneConfig());
  OfferWeights(4, Weights(0.9, 0.1));
  const StoredLanes stored = lanes_.Stored();
  clock_.JumpWall(-absl::Hours(24));
  Lanes restored("eu", machine_.Sources(), clock_);
  restored.Restore(stored);
  EXPECT_EQ(restored.weights_age(), absl::ZeroDuration());
}

TEST_F(LanesTest, AStoredConfigurationThatIsNoneIsRefused) {
  StoredLanes stored;
  EXPECT_EQ(lanes_.Restore(stored).kind, Kind::kRefused);
  stored.config = {Of(1, "garbage\xff"),
                   std::make_shared<const std::string>("garbage\xff")};
  EXPECT_EQ(lanes_.Restore(stored).kind, Kind::kRefused);
  EXPECT_EQ(lanes_.current().config, nullptr);
}

TEST_F(LanesTest, StoredWeightsThatLieAreLeftOut) {
  OfferConfig(1, LaneConfig());
  StoredLanes stored = lanes_.Stored();
  const std::string lie = Weights(-1, 2);
  stored.weights = {Of(1, lie), std::make_shared<const std::string>(lie)};
  Lanes restored("eu", machine_.Sources(), clock_);
  const LaneOutcome outcome = restored.Restore(stored);
  EXPECT_EQ(outcome.kind, Kind::kApplied);
  EXPECT_THAT(outcome.notes, Not(IsEmpty()));
  EXPECT_NEAR(restored.current().weights->share[0].weight, 0.5, 1e-9);
}

// Real files: what changes on disk is the point.
class RotationTest : public ::testing::Test {
 protected:
  RotationTest() {
    std::filesystem::create_directories(directory_);
    Write("first");
    const std::string bytes = Serialized<config::v1::Resources>(
        "providers { name: 'a' base_url: 'http://a.example' "
        "            credentials { file: '" +
        key_ + "' } }");
    EXPECT_EQ(lanes_.OfferConfig(Of(1, bytes), bytes).kind, Kind::kApplied);
  }
  ~RotationTest() override { std::filesystem::remove_all(directory_); }

  // A new file under the old name, as kubelet and careful people do it.
  void Write(const std::string& secret) {
    std::ofstream(key_ + ".new") << secret;
    std::filesystem::rename(key_ + ".new", key_);
  }
  std::string Header() const {
    return lanes_.current().config->providers[0].credentials.at(0).headers;
  }

  const std::string directory_ = absl::StrCat(
      ::testing::TempDir(), "/lanes_test.", getpid(), ".",
      ::testing::UnitTest::GetInstance()->current_test_info()->name());
  const std::string key_ = directory_ + "/key";
  testing::FakeClock clock_;
  Lanes lanes_{
      "eu",
      BuildSources(
          &config::ResolveSecret,
          [](const std::string&) -> absl::StatusOr<BuildSources::TlsContext> {
            return absl::UnimplementedError("no TLS here");
          },
          [](const std::string&) -> std::optional<std::string> {
            return std::nullopt;
          }),
      clock_};
};

TEST_F(RotationTest, AnUnchangedFileIsNotReadAgain) {
  EXPECT_EQ(lanes_.Refresh(), Change::kNone);
}

TEST_F(RotationTest, ANewSecretIsUsedUnderTheSameVersion) {
  const auto version = lanes_.config_version();
  Write("second");
  EXPECT_EQ(lanes_.Refresh(), Change::kSnapshot);
  EXPECT_EQ(Header(), "Authorization: Bearer second\r\n");
  EXPECT_EQ(lanes_.config_version(), version);
  EXPECT_EQ(lanes_.Refresh(), Change::kNone);
}

TEST_F(RotationTest, AnEmptyFileKeepsTheOldSecretUntilThereIsANewOne) {
  Write("");
  lanes_.Refresh();
  EXPECT_EQ(Header(), "Authorization: Bearer first\r\n");
  EXPECT_THAT(lanes_.warnings(), Not(IsEmpty()));
  Write("third");
  lanes_.Refresh();
  EXPECT_EQ(Header(), "Authorization: Bearer third\r\n");
  EXPECT_THAT(lanes_.warnings(), IsEmpty());
}

TEST_F(RotationTest, AFileThatIsGoneKeepsTheOldSecret) {
  std::filesystem::remove(key_);
  EXPECT_EQ(lanes_.Refresh(), Change::kSnapshot);
  EXPECT_EQ(Header(), "Authorization: Bearer first\r\n");
}

}  // namespace
}  // namespace weir::dataplane
