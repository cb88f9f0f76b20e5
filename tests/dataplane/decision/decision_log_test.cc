#include "dataplane/decision/decision_log.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/decision/decision.h"
#include "dataplane/decision/packed_decision.h"
#include "dataplane/decision/sample_rule.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/small_routing.h"
#include "tests/testing/fake_clock.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DecisionLogTest : public ::testing::Test {
 protected:
  DecisionLogTest() {
    routing_.AddModel("m", {{"a"}, {"b"}});
    routing_.config->clients = {routing_.client};
    request_.client = &routing_.config->clients[0];
    request_.model = 0;
  }

  struct End {
    int attempts = 1;
    int status = 200;
    std::string error_code = {};
  };
  void Serve(const std::string& id, End end) {
    request_.id = RequestId(id);
    request_.received_at = clock_.Now();
    DecisionLog::Entry entry = log_.Begin(request_, routing_.snapshot);
    for (int i = 0; i < end.attempts; ++i) entry->attempts.Add({});
    entry->facts.status = static_cast<std::uint16_t>(end.status);
    entry->facts.error_code.Set(end.error_code);
    clock_.Advance(absl::Milliseconds(1));
  }
  void ServeWell(const std::string& id) { Serve(id, {}); }
  // So much that what goes well is not remembered any more.
  void Crowd() {
    for (std::uint64_t i = 0; i < SampleRule::kAtMost; ++i) ServeWell("crowd");
  }
  void NewConfig() {
    routing_.config = std::make_shared<RoutingConfig>(*routing_.config);
    routing_.snapshot.config = routing_.config;
    request_.client = &routing_.config->clients[0];
  }

  std::vector<std::string> Ids(const DecisionQuery& query) const {
    std::vector<std::string> ids;
    for (const DecisionBatch::Item& item : log_.Find(query).items) {
      ids.emplace_back(UnpackFacts(item.packed).request_id.view());
    }
    return ids;
  }

  testing::FakeClock clock_;
  testing::SmallRouting routing_;
  Request request_;
  DecisionLog log_{clock_};
};

TEST_F(DecisionLogTest, FindsARequestByItsId) {
  ServeWell("req_1");
  ServeWell("req_2");
  const DecisionBatch batch = log_.Find({"req_1", 10});
  ASSERT_THAT(batch.items, SizeIs(1));
  EXPECT_EQ(batch.items[0].config, routing_.config);
  const DecisionFacts facts = UnpackFacts(batch.items[0].packed);
  EXPECT_EQ(facts.request_id.view(), "req_1");
  EXPECT_EQ(facts.model, 0U);
  EXPECT_EQ(facts.client, 0U);
  EXPECT_EQ(facts.ended_at - facts.received_at, absl::Milliseconds(1));
  EXPECT_THAT(Ids({"req_3", 10}), IsEmpty());
}

TEST_F(DecisionLogTest, TheLatestComeFirstWhateverBecameOfThem) {
  ServeWell("req_1");
  Serve("req_2", {.status = 502, .error_code = "provider_failed"});
  ServeWell("req_3");
  EXPECT_THAT(Ids({"", 10}), ElementsAre("req_3", "req_2", "req_1"));
  EXPECT_THAT(Ids({"", 2}), ElementsAre("req_3", "req_2"));
}

TEST_F(DecisionLogTest, OfACrowdWhatSomebodyMayAskForIsKeptWhole) {
  Crowd();
  ServeWell("well");
  EXPECT_THAT(Ids({"well", 10}), IsEmpty());
  Serve("failed over", {.attempts = 2});
  Serve("no attempt", {.attempts = 0, .status = 503});
  Serve("failed", {.status = 502, .error_code = "provider_failed"});
  Serve("limited", {.status = 429});
  Serve("left", {.status = 0});
  Serve("cut", {.error_code = "stream_interrupted"});
  EXPECT_THAT(Ids({"", 6}), ElementsAre("cut", "left", "limited", "failed",
                                        "no attempt", "failed over"));
  EXPECT_THAT(Ids({"failed over", 1}), SizeIs(1));
}

TEST_F(DecisionLogTest, AClientsMistakeIsNoFailure) {
  Crowd();
  Serve("mistaken", {.status = 422});
  EXPECT_THAT(Ids({"mistaken", 1}), IsEmpty());
}

TEST_F(DecisionLogTest, KeepsTheConfigsThatItsIndexesAreFor) {
  ServeWell("old");
  const std::shared_ptr<const RoutingConfig> old = routing_.config;
  NewConfig();
  ServeWell("new");
  EXPECT_EQ(log_.Find({"old", 1}).items.at(0).config, old);
  EXPECT_EQ(log_.Find({"new", 1}).items.at(0).config, routing_.config);
}

TEST_F(DecisionLogTest, ForgetsWhatIsOfAConfigLongGone) {
  const std::weak_ptr<const RoutingConfig> first = routing_.config;
  ServeWell("first");
  for (std::size_t i = 0; i + 1 < DecisionLog::kMaxConfigs; ++i) {
    NewConfig();
    ServeWell("then");
  }
  EXPECT_THAT(Ids({"first", 1}), SizeIs(1));
  NewConfig();
  ServeWell("last");
  EXPECT_THAT(Ids({"first", 1}), IsEmpty());
  EXPECT_TRUE(first.expired());
  EXPECT_THAT(Ids({"", 100}), SizeIs(DecisionLog::kMaxConfigs));
}

TEST_F(DecisionLogTest, AnAnswerIsBounded) {
  for (int i = 0; i < 20'000; ++i) Serve("req", {.status = 503});
  std::size_t bytes = 0;
  for (const auto& item : log_.Find({"", 1'000'000}).items) {
    bytes += item.packed.size();
  }
  EXPECT_LE(bytes, DecisionLog::kMaxBatchBytes);
  EXPECT_GT(bytes, DecisionLog::kMaxBatchBytes / 3);
}

}  // namespace
}  // namespace weir::dataplane
