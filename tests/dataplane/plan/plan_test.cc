#include "dataplane/plan/plan.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/plan/breaker.h"
#include "dataplane/plan/credential.h"
#include "dataplane/plan/live_state.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/plan/plan_fixture.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(PlanTest, FirstPicksFollowTheShares) {
  Model({{"a", 0.5}, {"b", 0.3}, {"c", 0.2}});
  EXPECT_EQ(FirstPicks(), (Picks{{"a", 500}, {"b", 300}, {"c", 200}}));
}

TEST_F(PlanTest, SharesNeedNotSumToOne) {
  Model({{"a", 3}, {"b", 1}});
  EXPECT_EQ(FirstPicks(), (Picks{{"a", 750}, {"b", 250}}));
}

TEST_F(PlanTest, ALimitedTargetGetsLessOfItsShare) {
  Model({{"a", 0.5}, {"b", 0.5}});
  evidence(0).local_weight.OnRefused(now_);
  // 0.4 of 0.9.
  EXPECT_EQ(FirstPicks(), (Picks{{"a", 444}, {"b", 556}}));
  now_ += absl::Seconds(10);
  EXPECT_EQ(FirstPicks(), (Picks{{"a", 500}, {"b", 500}}));
}

TEST_F(PlanTest, TheOthersFollowByRankThenByTheirPlace) {
  Model({{"a", 0.2, 3}, {"b", 0.3, 1}, {"c", 0.4, 0}, {"d", 0.1, 1}});
  EXPECT_THAT(Names(0.0), ElementsAre("a", "c", "b", "d"));
  EXPECT_THAT(Names(0.3), ElementsAre("b", "c", "d", "a"));
  EXPECT_THAT(Names(0.6), ElementsAre("c", "b", "d", "a"));
  EXPECT_THAT(Names(0.95), ElementsAre("d", "c", "b", "a"));
}

TEST_F(PlanTest, WhatHasNoShareIsTriedAfterAllThatHaveSome) {
  Model({{"a", 0, 0}, {"b", 0.5, 2}, {"c", 0.5, 1}, {"d", 0, 3}});
  EXPECT_THAT(Names(0.0), ElementsAre("b", "c", "a", "d"));
  EXPECT_EQ(FirstPicks(), (Picks{{"b", 500}, {"c", 500}}));
}

TEST_F(PlanTest, WithoutAnyShareRankDecides) {
  Model({{"a", 0, 2}, {"b", 0, 0}, {"c", 0, 1}});
  EXPECT_THAT(Names(0.0), ElementsAre("b", "c", "a"));
  EXPECT_THAT(Names(0.99), ElementsAre("b", "c", "a"));
}

TEST_F(PlanTest, RoundingLeavesNobodyUnpicked) {
  Model({{"a", 0.1}, {"b", 0.2}, {"c", 0.7}, {"d", 0}});
  EXPECT_EQ(Names(0x1.fffffffffffffp-1).at(0), "c");
  EXPECT_EQ(Names(0).at(0), "a");
}

TEST_F(PlanTest, AnOpenBreakerIsLeftOut) {
  Model({{"a"}, {"b"}, {"c"}});
  Open(0);
  EXPECT_THAT(Names(0), ElementsAre("b", "c"));
  EXPECT_EQ(Make().next_chance, now_ + absl::Seconds(30));
}

TEST_F(PlanTest, TheSoonestChanceIsTold) {
  Model({{"a"}, {"b"}});
  EXPECT_EQ(Make().next_chance, absl::InfiniteFuture());
  Open(0);
  now_ += absl::Milliseconds(400);
  Open(1);
  const Plan plan = Make();
  EXPECT_TRUE(plan.empty());
  EXPECT_EQ(plan.next_chance, kNow + absl::Seconds(30));
}

TEST_F(PlanTest, AHalfOpenTargetGoesFirstForOneRequest) {
  Model({{"a", 0.9}, {"b", 0.1}});
  Open(1);
  now_ += absl::Seconds(30);
  for (const double random : {0.0, 0.5, 0.99}) {
    EXPECT_THAT(Names(random), ElementsAre("b", "a"));
  }
  evidence(1).breaker.OnStart(now_);
  EXPECT_THAT(Names(0.99), ElementsAre("a"));
  evidence(1).breaker.OnSuccess();
  EXPECT_EQ(FirstPicks(), (Picks{{"a", 900}, {"b", 100}}));
}

TEST_F(PlanTest, AHalfOpenTargetWithoutAShareIsNotProbedFirst) {
  Model({{"a", 1}, {"b", 0}});
  Open(1);
  now_ += absl::Seconds(30);
  EXPECT_THAT(Names(0.5), ElementsAre("a", "b"));
}

TEST_F(PlanTest, APauseIsKept) {
  Model({{"a"}, {"b"}});
  evidence(0).limits[0].paused_until = now_ + absl::Seconds(30);
  EXPECT_THAT(Names(0), ElementsAre("b"));
  EXPECT_EQ(Make().next_chance, now_ + absl::Seconds(30));
  now_ += absl::Seconds(30);
  EXPECT_THAT(Names(0), ElementsAre("a", "b"));
}

TEST_F(PlanTest, APauseIsOneCredentialsAtOneTarget) {
  Model({{"a"}, {"b"}});
  Fallback("other", {{"a"}});
  routing_.config->providers[0].credentials.push_back({"2", 1});
  Align();
  evidence(0).limits[0].paused_until = now_ + absl::Seconds(30);
  EXPECT_THAT(Names(0), ElementsAre("a", "b", "a"));
  evidence(0).limits[1].paused_until = now_ + absl::Seconds(20);
  EXPECT_THAT(Names(0), ElementsAre("b", "a"));
  EXPECT_EQ(Make().next_chance, now_ + absl::Seconds(20));
}

TEST_F(PlanTest, WhatIsNearItsLimitGetsLessOfItsShare) {
  Model({{"a", 0.5}, {"b", 0.5}});
  evidence(0).headroom.OnTold(0.05, std::nullopt, now_);
  // A quarter of a half, of that and a half.
  EXPECT_EQ(FirstPicks(), (Picks{{"a", 200}, {"b", 800}}));
}

TEST_F(PlanTest, AProviderIsLeftOutWhenAllItsCredentialsAreBenched) {
  Model({{"a"}, {"b"}});
  routing_.config->providers[0].credentials = {{"1", 0}, {"2", 1}};
  Align();
  std::vector<CredentialLive>& credentials = view_->providers[0]->credentials;
  credentials[0].OnRefused("HTTP 401", now_);
  EXPECT_THAT(Names(0), ElementsAre("a", "b"));
  now_ += absl::Seconds(4);
  credentials[1].OnRefused("HTTP 401", now_);
  EXPECT_THAT(Names(0), ElementsAre("b"));
  EXPECT_EQ(Make().next_chance, kNow + absl::Seconds(10));
}

TEST_F(PlanTest, TheLaterOfSeveralReasonsIsTheChance) {
  Model({{"a"}});
  Open(0);
  evidence(0).limits[0].paused_until = now_ + absl::Seconds(45);
  EXPECT_EQ(Make().next_chance, now_ + absl::Seconds(45));
}

TEST_F(PlanTest, WhatIsForbiddenIsNeverTried) {
  Model({{"a"}, {"b"}});
  routing_.weights->share[0].forbidden = true;
  EXPECT_THAT(Names(0), ElementsAre("b"));
  EXPECT_EQ(Make().next_chance, absl::InfiniteFuture());
  routing_.weights->share[1].forbidden = true;
  EXPECT_TRUE(Make().empty());
}

TEST_F(PlanTest, FallbackModelsFollowInTheirOrder) {
  Model({{"a", 0.5, 1}, {"b", 0.5, 0}});
  Fallback("second", {{"c", 0.5, 1}, {"d", 0.5, 0}});
  Fallback("third", {{"e"}});
  EXPECT_THAT(Names(0.0), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(Names(0.9), ElementsAre("b", "a", "d", "c", "e"));
  Open(0);
  Open(1);
  EXPECT_THAT(Names(0.9), ElementsAre("d", "c", "e"));
  const Plan plan = Make(0.9);
  EXPECT_EQ(plan.candidates()[0].target, 3U);
}

TEST_F(PlanTest, OnlyEnabledModelsAreUsed) {
  Model({{"a"}});
  Fallback("second", {{"b"}});
  Fallback("third", {{"c"}});
  routing_.config->models[1].mode = config::v1::MODE_DISABLED;
  EXPECT_THAT(Names(0), ElementsAre("a", "c"));
  routing_.config->models[0].mode = config::v1::MODE_DRAINING;
  EXPECT_THAT(Names(0), ElementsAre("c"));
}

TEST_F(PlanTest, EightOfAModelAreTheMostAndFallbacksKeepTheirPlaces) {
  Targets targets;
  for (int i = 0; i < 20; ++i) targets.push_back({std::to_string(i)});
  Model(targets);
  EXPECT_THAT(Names(0.99),
              ElementsAre("19", "0", "1", "2", "3", "4", "5", "6"));
  Fallback("second", {{"v"}, {"w"}, {"x"}, {"y"}, {"z"}});
  EXPECT_THAT(Names(0.0), ElementsAre("0", "1", "2", "3", "4", "5", "6", "7",
                                      "v", "w", "x", "y"));
}

TEST_F(PlanTest, ManyTargetsAreBounded) {
  Targets targets;
  for (int i = 0; i < 200; ++i) targets.push_back({std::to_string(i)});
  Model(targets);
  EXPECT_THAT(Names(0.999), SizeIs(8));
  for (std::size_t i = 0; i < 100; ++i) Open(i);
  EXPECT_EQ(Names(0).at(0), "100");
}

TEST_F(PlanTest, AModelWithoutTargetsHasNoPlan) {
  Model({});
  EXPECT_THAT(Names(), IsEmpty());
  EXPECT_EQ(Make().next_chance, absl::InfiniteFuture());
}

TEST_F(PlanTest, ANamedProviderIsTheOnlyOne) {
  Model({{"a"}, {"b"}, {"a"}});
  Fallback("second", {{"b"}, {"a"}});
  request_.provider = 1;
  EXPECT_THAT(Names(0.5), ElementsAre("b", "b"));
  Open(0);
  EXPECT_EQ(Make().next_chance, absl::InfiniteFuture());
}

TEST_F(PlanTest, WithoutAModelTheProviderItselfIsAsked) {
  Model({{"a"}, {"b"}});
  request_.model = std::nullopt;
  request_.provider = 1;
  const Plan plan = Make(0.5);
  EXPECT_THAT(plan.candidates(), ElementsAre(Candidate{1, std::nullopt}));
  Breaker& breaker = view_->providers[1]->direct.ChangeEvidence().breaker;
  for (int i = 0; i < 3; ++i) breaker.OnFailure(Breaker::Kind::kConnect, now_);
  EXPECT_TRUE(Make().empty());
  EXPECT_EQ(Make().next_chance, now_ + absl::Seconds(30));
}

TEST_F(PlanTest, AProviderThatCannotBeUsedIsNotAsked) {
  routing_.AddProvider("a");
  routing_.config->providers[0].unusable_because = "no credential";
  Align();
  request_.provider = 0;
  EXPECT_TRUE(Make().empty());
}

TEST_F(PlanTest, CandidatesSayUnderWhichModelTheyStand) {
  Model({{"a"}});
  Fallback("second", {{"b"}});
  EXPECT_THAT(Make().candidates(),
              ElementsAre(Candidate{0, 0, 0}, Candidate{1, 1, 1}));
}

TEST_F(PlanTest, ARegionHasSharesOfItsOwn) {
  Model({{"a", 1}, {"b", 0}});
  std::vector<TargetShare> there = {{0, 1, false}, {1, 0, false}};
  request_.region_shares = &there;
  EXPECT_THAT(Names(0.5), ElementsAre("b", "a"));
  there[0].forbidden = true;
  EXPECT_THAT(Names(0.5), ElementsAre("b"));
}

TEST_F(PlanTest, TargetsTakeOnlyTheirComplexities) {
  Model({{"cheap"}, {"any"}, {"eyes"}});
  auto& targets = routing_.config->targets;
  targets[0].takes = {true, true, false, false};
  targets[2].takes = {false, false, false, true};
  const std::vector<std::vector<std::string>> want = {
      {"cheap", "any"}, {"cheap", "any"}, {"any"}, {"any", "eyes"}};
  for (std::size_t i = 0; i < kComplexities; ++i) {
    request_.complexity = static_cast<Complexity>(i);
    EXPECT_EQ(Names(0), want[i]) << i;
  }
  // Whoever names a provider has chosen.
  request_.complexity = Complexity::kSimple;
  request_.provider = 2;
  EXPECT_THAT(Names(0), ElementsAre("eyes"));
}

// `m` has a target and a fallback, and routes complex requests to `strong`,
// which has a fallback of its own.
class RouteTest : public PlanTest {
 protected:
  RouteTest() {
    Model({{"own"}});
    Fallback("last", {{"last"}});
    strong_ = routing_.AddModel("strong", {{"strong"}});
    const ModelIndex spare = routing_.AddModel("spare", {{"spare"}});
    routing_.config->models[strong_].fallback = {spare};
    Entry(0).route[static_cast<std::size_t>(Complexity::kComplex)] = strong_;
    Align();
    request_.complexity = Complexity::kComplex;
  }
  ModelEntry& Entry(ModelIndex model) { return routing_.config->models[model]; }

  ModelIndex strong_ = 0;
};

TEST_F(RouteTest, AnotherModelServesWithItsFallbacksThenThoseOfTheAsked) {
  EXPECT_THAT(Names(), ElementsAre("strong", "spare", "last"));
  EXPECT_EQ(Make().candidates()[0].model, strong_);
  request_.complexity = Complexity::kSimple;
  EXPECT_THAT(Names(), ElementsAre("own", "last"));
}

TEST_F(RouteTest, ANamedProviderIsNotRoutedElsewhere) {
  request_.provider = 0;
  EXPECT_THAT(Names(), ElementsAre("own"));
}

TEST_F(RouteTest, AModelIsTriedOnce) {
  Entry(0).fallback.push_back(strong_);
  EXPECT_THAT(Names(), ElementsAre("strong", "spare", "last"));
}

TEST_F(RouteTest, ARouteThatIsSwitchedOffLeavesTheFallbacks) {
  Entry(strong_).mode = config::v1::MODE_DISABLED;
  EXPECT_THAT(Names(), ElementsAre("spare", "last"));
  Entry(strong_).mode = config::v1::MODE_ENABLED;
  Entry(0).mode = config::v1::MODE_DRAINING;
  EXPECT_THAT(Names(), ElementsAre("last"));
}

TEST_F(RouteTest, AFallbackIsRoutedToo) {
  const ModelIndex other = routing_.AddModel("auto", {});
  Entry(other).route[static_cast<std::size_t>(Complexity::kComplex)] = strong_;
  Entry(1).fallback = {};
  Entry(0).route = {};
  Entry(0).fallback = {other};
  Align();
  EXPECT_THAT(Names(), ElementsAre("own", "strong"));
}

TEST_F(PlanTest, WhoSpeaksAnotherDialectIsLeftOut) {
  Model({{"a"}, {"b"}});
  EXPECT_FALSE(Make().lacks_dialect);
  routing_.config->providers[0].dialect = &dialect::Gemini();
  request_.endpoint = Endpoint::kEmbeddings;
  EXPECT_THAT(Names(), ElementsAre("b"));
  EXPECT_TRUE(Make().lacks_dialect);
  PlanRecord record;
  MakePlan(request_, *view_, now_, 0, &record);
  EXPECT_EQ(record.items()[0].exclusion, Exclusion::kDialect);
  request_.dialect = &dialect::Gemini();
  EXPECT_THAT(Names(), ElementsAre("a"));
}

TEST_F(PlanTest, AChatIsTranslatedForThem) {
  Model({{"a"}, {"b"}});
  routing_.config->providers[0].dialect = &dialect::Gemini();
  for (const Endpoint endpoint :
       {Endpoint::kChatCompletions, Endpoint::kResponses, Endpoint::kMessages,
        Endpoint::kGenerateContent}) {
    request_.endpoint = endpoint;
    EXPECT_THAT(Names(), ElementsAre("a", "b"));
    EXPECT_FALSE(Make().lacks_dialect);
  }
}

TEST_F(PlanTest, AGeminiStreamThatIsNoEventStreamIsNotTranslated) {
  Model({{"a"}});
  for (const std::string query : {"alt=sse", "x=1&alt=sse", "", "alt=json"}) {
    const testing::SentRequest sent(
        routing_, "POST /v1beta/models/m:streamGenerateContent?" + query, "",
        "");
    request_.head = sent.request.head;
    request_.endpoint = Endpoint::kStreamGenerateContent;
    request_.dialect = &dialect::Gemini();
    EXPECT_EQ(Make().lacks_dialect, !query.ends_with("sse")) << query;
  }
}

TEST_F(PlanTest, AnAddressedProviderMustSpeakTheClientsDialect) {
  Model({{"a"}});
  request_.model.reset();
  request_.provider = 0;
  EXPECT_THAT(Names(), ElementsAre("a"));
  request_.dialect = &dialect::Anthropic();
  const Plan plan = Make();
  EXPECT_TRUE(plan.empty());
  EXPECT_TRUE(plan.lacks_dialect);
}

}  // namespace
}  // namespace weir::dataplane
