#include "dataplane/sync/decision_build.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/decision/decision.h"
#include "dataplane/decision/decision_log.h"
#include "dataplane/decision/packed_decision.h"
#include "dataplane/plan/plan_record.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/small_routing.h"
#include "weir/routing/v1/decision.pb.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const absl::Time kReceived = absl::FromUnixSeconds(1000);
const absl::Time kNow = kReceived + absl::Seconds(60);
const absl::Time kWallNow = absl::FromUnixSeconds(1'700'000'060);

class DecisionBuildTest : public ::testing::Test {
 protected:
  DecisionBuildTest() {
    routing_.AddModel("m", {{"a"}, {"b"}});
    routing_.AddModel("spare", {{"c"}});
    routing_.config->clients = {routing_.client};
    routing_.config->version = {3, 14, "hash"};
    decision_.facts = {};
    decision_.facts.request_id.Set("req_1");
    decision_.facts.received_at = kReceived;
    decision_.facts.ended_at = kReceived + absl::Milliseconds(120);
    decision_.facts.model = 0;
    decision_.facts.error_code.Set("");
    decision_.plan.Clear();
    decision_.attempts.Clear();
  }

  void Attempt(TargetIndex target, HeldAgainst held_against,
               const std::string& reason) {
    AttemptRecord record{};
    record.target = target;
    record.provider = routing_.config->targets[target].provider;
    record.began_at = kReceived + absl::Milliseconds(2);
    record.took = absl::Milliseconds(30);
    record.status = 500;
    record.held_against = held_against;
    record.reason.Set(reason);
    decision_.attempts.Add(record);
  }
  routing::v1::Decision Build() const {
    return BuildDecision(decision_, *routing_.config, site_);
  }
  std::string WhyExcluded(TargetIndex target, Exclusion exclusion,
                          float seconds_left = 0) {
    decision_.plan.Clear();
    decision_.plan.Add({routing_.config->targets[target].provider, target, 0, 1,
                        seconds_left, 0, exclusion});
    return Build().candidates(0).excluded_because();
  }
  DecisionBatch::Item Item(const std::string& id, absl::Time received_at) {
    decision_.facts.request_id.Set(id);
    decision_.facts.received_at = received_at;
    std::string packed(PackedSize(decision_), '\0');
    Pack(decision_, packed.data());
    return {routing_.config, std::move(packed)};
  }

  testing::SmallRouting routing_;
  Decision decision_;
  const DecisionSite site_{"node-1", "eu", kNow, kWallNow};
};

TEST_F(DecisionBuildTest, SaysWhatWasAskedAndWhatTheNodeRan) {
  decision_.facts.weights_epoch = 3;
  decision_.facts.weights_sequence = 159;
  decision_.facts.request_class = RequestClass::kComplex;
  decision_.facts.wants_stream = true;
  decision_.facts.status = 502;
  decision_.facts.error_code.Set("provider_failed");
  const routing::v1::Decision built = Build();
  EXPECT_EQ(built.request_id(), "req_1");
  EXPECT_EQ(built.node_id(), "node-1");
  EXPECT_EQ(built.region(), "eu");
  EXPECT_EQ(built.client_key(), "tester");
  EXPECT_EQ(built.model(), "m");
  EXPECT_EQ(built.request_class(), "complex");
  EXPECT_TRUE(built.stream());
  EXPECT_EQ(built.config_epoch(), 3U);
  EXPECT_EQ(built.config_sequence(), 14U);
  EXPECT_EQ(built.weights_epoch(), 3U);
  EXPECT_EQ(built.weights_sequence(), 159U);
  EXPECT_EQ(built.status(), 502U);
  EXPECT_EQ(built.error_code(), "provider_failed");
  EXPECT_EQ(built.duration().nanos(), 120'000'000);
}

TEST_F(DecisionBuildTest, TheTimeIsTheWallClocks) {
  EXPECT_EQ(Build().received_at().seconds(), 1'700'000'000);
}

TEST_F(DecisionBuildTest, CandidatesStandInTheOrderOfThePlanExcludedOnesLast) {
  decision_.plan.Add({0, 0, 0, 1, 0, 0, Exclusion::kForbidden});
  decision_.plan.Add({1, 1, 0.6F, 0.8F, 0, 1, Exclusion::kNone});
  decision_.plan.Add({2, 2, 0.4F, 1, 0, 2, Exclusion::kNone});
  const routing::v1::Decision built = Build();
  ASSERT_THAT(built.candidates(), SizeIs(3));
  EXPECT_EQ(built.candidates(0).provider(), "b");
  EXPECT_EQ(built.candidates(0).upstream_model(), "up-m");
  EXPECT_EQ(built.candidates(0).model(), "m");
  EXPECT_EQ(built.candidates(0).weight(), 0.6);
  EXPECT_EQ(built.candidates(0).local_factor(), 0.8);
  EXPECT_EQ(built.candidates(0).rank(), 1U);
  EXPECT_EQ(built.candidates(0).excluded_because(), "");
  EXPECT_EQ(built.candidates(1).model(), "spare");
  EXPECT_EQ(built.candidates(2).provider(), "a");
}

TEST_F(DecisionBuildTest, SaysWhyATargetWasLeftOut) {
  EXPECT_EQ(WhyExcluded(0, Exclusion::kBreakerOpen, 2.04F),
            "its breaker was open, for another 2.1s");
  EXPECT_EQ(WhyExcluded(0, Exclusion::kBreakerOpen), "its breaker was open");
  EXPECT_EQ(WhyExcluded(0, Exclusion::kPaused, 90),
            "the provider asked for a pause, for another 1m30s");
  EXPECT_EQ(WhyExcluded(0, Exclusion::kCredentialBenched, 10),
            "every credential was refused lately, for another 10s");
  EXPECT_EQ(WhyExcluded(0, Exclusion::kOtherProvider),
            "the request was for another provider");
}

TEST_F(DecisionBuildTest, SaysByWhoseWillATargetIsForbidden) {
  EXPECT_EQ(WhyExcluded(0, Exclusion::kForbidden),
            "the control plane says that it must not be used");
  routing_.config->targets[0].mode = config::v1::MODE_DRAINING;
  EXPECT_EQ(WhyExcluded(0, Exclusion::kForbidden), "an operator drains it");
  routing_.config->targets[0].mode = config::v1::MODE_DISABLED;
  EXPECT_EQ(WhyExcluded(0, Exclusion::kForbidden),
            "an operator switched it off");
  routing_.config->providers[0].unusable_because = "env KEY is not set";
  EXPECT_EQ(WhyExcluded(0, Exclusion::kForbidden),
            "this node can't use the provider: env KEY is not set");
}

TEST_F(DecisionBuildTest, AttemptsHaveTheirTimesAndWhoIsToBlame) {
  Attempt(0, HeldAgainst::kEndpoint, "HTTP 500");
  Attempt(1, HeldAgainst::kNobodyItSucceeded, "");
  const routing::v1::Decision built = Build();
  ASSERT_THAT(built.attempts(), SizeIs(2));
  EXPECT_EQ(built.attempts(0).provider(), "a");
  EXPECT_EQ(built.attempts(0).upstream_model(), "up-m");
  EXPECT_EQ(config::ToDuration(built.attempts(0).began_after()),
            absl::Milliseconds(2));
  EXPECT_EQ(config::ToDuration(built.attempts(0).duration()),
            absl::Milliseconds(30));
  EXPECT_EQ(built.attempts(0).status(), 500U);
  EXPECT_EQ(built.attempts(0).blame(), "endpoint");
  EXPECT_EQ(built.attempts(0).reason(), "HTTP 500");
  EXPECT_EQ(built.attempts(1).blame(), "");
  EXPECT_FALSE(built.attempts(1).hedge());
}

TEST_F(DecisionBuildTest, WhatAProviderSentIsMadePrintable) {
  Attempt(0, HeldAgainst::kEndpoint, "a\xff\n\x1b[31m");
  EXPECT_EQ(Build().attempts(0).reason(), "a???[31m");
}

TEST_F(DecisionBuildTest, ARequestForAProviderHasNoModel) {
  decision_.facts.model = std::nullopt;
  decision_.plan.Add({0, kNoTarget, 1, 1, 0, 0, Exclusion::kNone});
  EXPECT_EQ(Build().model(), "");
  EXPECT_EQ(Build().candidates(0).provider(), "a");
  EXPECT_EQ(Build().candidates(0).upstream_model(), "");
}

TEST_F(DecisionBuildTest, TheWorkersDecisionsAreMergedNewestFirst) {
  const auto at = [](int seconds) {
    return kReceived + absl::Seconds(seconds);
  };
  std::vector<DecisionBatch> batches(2);
  batches[0].items = {Item("5", at(5)), Item("1", at(1))};
  batches[1].items = {Item("3", at(3)), Item("2", at(2))};
  routing::v1::DecisionQuery query;
  query.set_query_id(7);
  query.set_limit(3);
  const routing::v1::DecisionAnswer answer =
      BuildDecisionAnswer(query, batches, site_);
  EXPECT_EQ(answer.query_id(), 7U);
  std::vector<std::string> ids;
  for (const auto& decision : answer.decisions()) {
    ids.push_back(decision.request_id());
  }
  EXPECT_THAT(ids, ElementsAre("5", "3", "2"));
}

TEST_F(DecisionBuildTest, AnAnswerIsAMegabyteAtMost) {
  std::vector<DecisionBatch> batches(1);
  for (int i = 0; i < 20; ++i) {
    decision_.plan.Add({0, 0, 0, 1, 0, 0, Exclusion::kForbidden});
  }
  for (int i = 0; i < 2000; ++i)
    batches[0].items.push_back(Item("r", kReceived));
  routing::v1::DecisionQuery query;
  query.set_limit(10'000);
  const auto answer = BuildDecisionAnswer(query, batches, site_);
  EXPECT_LT(answer.decisions_size(), 2000);
  EXPECT_GT(answer.ByteSizeLong(), kMaxAnswerBytes * 9 / 10);
  EXPECT_LE(answer.ByteSizeLong(), kMaxAnswerBytes * 11 / 10);
}

TEST(DecisionQueryTest, ItsLimitIsKeptInBounds) {
  routing::v1::DecisionQuery query;
  query.set_request_id("req_1");
  EXPECT_EQ(FromProto(query).request_id, "req_1");
  EXPECT_EQ(FromProto(query).limit, 1U);
  query.set_limit(0xffffffff);
  EXPECT_EQ(FromProto(query).limit, 10'000U);
}

}  // namespace
}  // namespace weir::dataplane
