#include "dataplane/readiness.h"

#include <string>

#include "absl/time/time.h"
#include "dataplane/current_snapshot.h"
#include "dataplane/plan/breaker.h"
#include "dataplane/plan/live_state.h"
#include "gtest/gtest.h"
#include "tests/dataplane/small_routing.h"

namespace weir::dataplane {
namespace {

constexpr char kNothingToServe[] =
    R"({"status":"unavailable","reason":"no model can be served"})";

class ReadinessTest : public ::testing::Test {
 protected:
  Readiness Now(bool draining = false) {
    const RoutingView view{routing_.snapshot, live_.Align(*routing_.config)};
    return ReadinessOf(&view, draining);
  }

  testing::SmallRouting routing_;
  LiveState live_;
};

TEST_F(ReadinessTest, WithoutASnapshotANodeIsNotReady) {
  const Readiness readiness = ReadinessOf(nullptr, false);
  EXPECT_FALSE(readiness.ready);
  EXPECT_EQ(readiness.json,
            R"({"status":"unavailable","reason":"no configuration yet"})");
}

TEST_F(ReadinessTest, WithoutModelsThereIsNothingToServe) {
  EXPECT_FALSE(Now().ready);
  EXPECT_EQ(Now().json, kNothingToServe);
  routing_.AddModel("without targets", {});
  EXPECT_FALSE(Now().ready);
}

TEST_F(ReadinessTest, OneModelWithOneTargetIsEnough) {
  routing_.AddModel("a", {});
  routing_.AddModel("b", {{"p"}, {"q"}});
  routing_.weights->share[0].forbidden = true;
  EXPECT_TRUE(Now().ready);
  EXPECT_EQ(Now().json, R"({"status":"ok","models":2})");
  routing_.weights->share[1].forbidden = true;
  EXPECT_FALSE(Now().ready);
  EXPECT_EQ(Now().json, kNothingToServe);
}

TEST_F(ReadinessTest, OnlyEnabledModelsAreServed) {
  routing_.AddModel("a", {{"p"}});
  routing_.config->models[0].mode = config::v1::MODE_DISABLED;
  EXPECT_FALSE(Now().ready);
  routing_.config->models[0].mode = config::v1::MODE_DRAINING;
  EXPECT_FALSE(Now().ready);
}

TEST_F(ReadinessTest, AProvidersHealthIsNoConcernOfABalancers) {
  routing_.AddModel("a", {{"p", 0}});
  for (int i = 0; i < 5; ++i) {
    live_.Align(*routing_.config)
        ->targets[0]
        ->ChangeEvidence()
        .breaker.OnFailure(Breaker::Kind::kAnswer, absl::UnixEpoch());
  }
  EXPECT_TRUE(Now().ready);
}

TEST_F(ReadinessTest, ADrainingNodeIsNotReadyWhateverItHas) {
  routing_.AddModel("a", {{"p"}});
  EXPECT_FALSE(Now(true).ready);
  EXPECT_EQ(Now(true).json, R"({"status":"unavailable","reason":"draining"})");
  EXPECT_FALSE(ReadinessOf(nullptr, true).ready);
}

}  // namespace
}  // namespace weir::dataplane
