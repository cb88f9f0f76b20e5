// A day without a control plane in simulated time: what a node knows, chooses
// and allows, by the parts that do so.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/sha256.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "dataplane/quota/quota_book.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/lanes.h"
#include "dataplane/sync/stored_lanes.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/dataplane/sync/fake_sources.h"
#include "tests/testing/fake_clock.h"
#include "weir/config/v1/resources.pb.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {
namespace {

// Of the whole fleet of two nodes; this one sees a twentieth less than what it
// is leased, which is more than half.
constexpr std::uint64_t kRpm = 200;
constexpr double kLease = 126;
constexpr absl::Duration kBetweenRequests = absl::Milliseconds(500);
// As a request has them.
constexpr std::size_t kAttempts = 3;

template <typename Message>
std::string BytesOf(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message.SerializeAsString();
}

std::string ConfigOfDay() {
  return BytesOf<config::v1::Resources>(absl::StrCat(
      "providers { name: 'a' base_url: 'http://a.example' } "
      "providers { name: 'b' base_url: 'http://b.example' } "
      "providers { name: 'c' base_url: 'http://c.example' } "
      "models { name: 'm' targets { provider: 'a' } targets { provider: 'b' } "
      "         targets { provider: 'c' } } "
      "client_keys { name: 'demo' limits { rpm: ",
      kRpm, " } secret_sha256: '", std::string(64, 'a'), "' }"));
}

std::string WeightsOfDay() {
  const auto target = [](const char* provider, double weight) {
    return absl::StrCat("targets { provider: '", provider,
                        "' upstream_model: 'm' weight: ", weight, " } ");
  };
  return BytesOf<routing::v1::Weights>(absl::StrCat(
      "time_to_live { seconds: 60 } models { model: 'm' regions { ",
      target("a", 0.8), target("b", 0.1), target("c", 0.1), "} }"));
}

// Version 1 of epoch 1.
Version FirstOf(const std::string& bytes) {
  return {1, 1, weir::Sha256(bytes)};
}

// One node's parts that decide, and the clients and providers around it.
class DayAloneTest : public ::testing::Test {
 protected:
  struct Tally {
    int requests = 0;
    int refused = 0;
    int unanswered = 0;
    int extra_attempts = 0;
    std::map<std::string, int> answered_by;

    double ShareOf(const std::string& provider) {
      return static_cast<double>(answered_by[provider]) / requests;
    }
  };

  // The control plane's last words.
  void SetUp() override {
    StartNode();
    const std::string config = ConfigOfDay();
    const std::string weights = WeightsOfDay();
    ASSERT_EQ(lanes_->OfferConfig(FirstOf(config), config).kind,
              LaneOutcome::Kind::kApplied);
    ASSERT_EQ(lanes_->OfferWeights(FirstOf(weights), weights).kind,
              LaneOutcome::Kind::kApplied);
    book_->OnWord({.time_to_live = absl::Seconds(10),
                   .nodes = 2,
                   .leases = {{"key/demo/rpm", kLease}},
                   .spent = {}});
  }

  void StartNode() {
    lanes_.emplace("eu", machine_.Sources(), clock_);
    book_.emplace(clock_);
    live_.emplace();
  }
  // With what it had stored; it knows of no lease then.
  void Restart() {
    const StoredLanes stored = lanes_->Stored();
    StartNode();
    ASSERT_EQ(lanes_->Restore(stored).kind, LaneOutcome::Kind::kApplied);
  }

  // Clients go on for so long; the provider that is called `down` answers
  // nobody.
  Tally Play(absl::Duration time, const std::string& down = "") {
    Tally tally;
    for (absl::Duration t; t < time; t += kBetweenRequests) {
      clock_.Advance(kBetweenRequests);
      ++sent_;
      if (sent_ % 2 == 0) {
        lanes_->Refresh();
        book_->Tick();
      }
      ++tally.requests;
      const auto limits = book_->Align(lanes_->current().config);
      if (limits->clients[0].requests->Take(1, clock_.Now()).has_value()) {
        ++tally.refused;
      } else if (!Ask(down, tally)) {
        ++tally.unanswered;
      }
    }
    all_.requests += tally.requests;
    all_.refused += tally.refused;
    all_.unanswered += tally.unanswered;
    all_.extra_attempts += tally.extra_attempts;
    return tally;
  }

  // Whether anybody answered.
  bool Ask(const std::string& down, Tally& tally) {
    const Snapshot snapshot = lanes_->current();
    const auto view = live_->Align(*snapshot.config);
    Request request;
    request.snapshot = &snapshot;
    request.model = snapshot.config->model_by_name.at("m");
    const Plan plan =
        MakePlan(request, *view, clock_.Now(), std::fmod(sent_ * 0.618034, 1));
    std::size_t attempts = 0;
    for (const Candidate& candidate : plan.candidates()) {
      if (++attempts > kAttempts) break;
      Breaker& breaker = LiveOf(candidate, *view).ChangeEvidence().breaker;
      breaker.OnStart(clock_.Now());
      const std::string& name =
          snapshot.config->providers[candidate.provider].name;
      if (name == down) {
        breaker.OnFailure(Breaker::Kind::kAnswer, clock_.Now());
        ++tally.extra_attempts;
        continue;
      }
      breaker.OnSuccess();
      ++tally.answered_by[name];
      return true;
    }
    return false;
  }

  testing::FakeClock clock_;
  testing::FakeMachine machine_;
  std::optional<Lanes> lanes_;
  std::optional<QuotaBook> book_;
  std::optional<LiveState> live_;
  std::int64_t sent_ = 0;
  // Of the whole day.
  Tally all_;
};

TEST_F(DayAloneTest, NobodyIsRefusedAndNothingIsForgotten) {
  EXPECT_NEAR(Play(absl::Minutes(1)).ShareOf("a"), 0.8, 0.05);
  // Old weights drift to the base.
  Play(absl::Minutes(9));
  EXPECT_EQ(lanes_->trust(), 0);
  EXPECT_NEAR(Play(absl::Minutes(50)).ShareOf("a"), 1.0 / 3, 0.02);

  // A provider dies: a breaker's worth of attempts fail, and then one each time
  // that it is tried again.
  Play(absl::Hours(4));
  Tally outage = Play(absl::Hours(2), "b");
  EXPECT_EQ(outage.answered_by["b"], 0);
  EXPECT_LT(outage.extra_attempts, outage.requests / 20);
  // It is back, and found.
  Play(absl::Minutes(10));
  EXPECT_NEAR(Play(absl::Minutes(50)).ShareOf("b"), 1.0 / 3, 0.02);

  // So is a node that begins anew, whose weights were old when it was stored.
  Play(absl::Hours(4));
  ASSERT_NO_FATAL_FAILURE(Restart());
  EXPECT_EQ(lanes_->trust(), 0);
  EXPECT_NEAR(Play(absl::Hours(1)).ShareOf("a"), 1.0 / 3, 0.02);
  Play(absl::Hours(11));

  EXPECT_EQ(all_.requests, absl::Hours(24) / kBetweenRequests);
  EXPECT_EQ(all_.refused, 0);
  EXPECT_EQ(all_.unanswered, 0);
  EXPECT_EQ(lanes_->config_version(), FirstOf(ConfigOfDay()));
  EXPECT_GT(lanes_->weights_age(), absl::Hours(23));

  // One word is enough.
  const std::string weights = WeightsOfDay();
  lanes_->OfferWeights(FirstOf(weights), weights);
  lanes_->Refresh();
  EXPECT_NEAR(Play(absl::Minutes(1)).ShareOf("a"), 0.8, 0.05);
  RecordProperty("requests", all_.requests);
  RecordProperty("failed", all_.refused + all_.unanswered);
  RecordProperty("extra_attempts", all_.extra_attempts);
}

}  // namespace
}  // namespace weir::dataplane
