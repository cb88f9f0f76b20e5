#include "controlplane/rpc/decision_desk.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;
using testing::StatusIs;
using v1Response = admin::v1::ListDecisionsResponse;

class DecisionDeskTest : public ::testing::Test {
 protected:
  using Answer = std::optional<absl::StatusOr<v1Response>>;

  DecisionDeskTest() {
    desk_.Connect([this](const SharedBytes& bytes) {
      routing::v1::SubscribeResponse message;
      EXPECT_TRUE(message.ParseFromString(*bytes));
      queries_.push_back(message.decisions());
      return nodes_;
    });
  }

  // Nothing until there is an answer.
  void Ask(const std::string& request_id, Answer& answer) {
    admin::v1::ListDecisionsRequest request;
    request.set_request_id(request_id);
    desk_.Ask(request, [&answer](absl::StatusOr<v1Response> response) {
      EXPECT_FALSE(answer.has_value()) << "answered twice";
      answer = std::move(response);
    });
  }
  // `node` remembers `request_ids`; the later one came a second after.
  void Remembers(StreamId stream, const std::vector<std::string>& request_ids,
                 std::uint64_t query) {
    routing::v1::DecisionAnswer answer;
    answer.set_query_id(query);
    for (const std::string& id : request_ids) {
      routing::v1::Decision& decision = *answer.add_decisions();
      decision.set_request_id(id);
      decision.set_node_id("a liar");
      decision.mutable_received_at()->set_seconds(std::stoi(id));
    }
    desk_.OnAnswer(stream, NodeOf(stream), answer);
  }
  void Remembers(StreamId stream, const std::vector<std::string>& request_ids) {
    Remembers(stream, request_ids, queries_.back().query_id());
  }
  static NodeId NodeOf(StreamId stream) {
    return NodeId{"node-" + std::to_string(stream)};
  }
  static std::vector<std::string> Ids(const Answer& answer) {
    std::vector<std::string> ids;
    for (const auto& decision : (*answer)->decisions()) {
      ids.push_back(decision.node_id() + ' ' + decision.request_id());
    }
    return ids;
  }

  testing::FakeClock clock_;
  DecisionDesk desk_{clock_};
  std::vector<DecisionDesk::Asked> nodes_ = {{1, NodeOf(1)}, {2, NodeOf(2)}};
  std::vector<routing::v1::DecisionQuery> queries_;
};

TEST_F(DecisionDeskTest, WaitsForEveryNodeAndMergesNewestFirst) {
  Answer answer;
  Ask("", answer);
  ASSERT_THAT(queries_, SizeIs(1));
  EXPECT_EQ(queries_[0].limit(), 100U);
  Remembers(1, {"40", "10"});
  EXPECT_FALSE(answer.has_value());
  Remembers(2, {"30", "20"});
  ASSERT_TRUE(answer.has_value());
  EXPECT_THAT(Ids(answer),
              ElementsAre("node-1 40", "node-2 30", "node-2 20", "node-1 10"));
  EXPECT_EQ((*answer)->nodes_asked(), 2U);
  EXPECT_THAT((*answer)->silent_nodes(), IsEmpty());
}

TEST_F(DecisionDeskTest, ASilentNodeIsNamedAfterThreeSeconds) {
  Answer answer;
  Ask("", answer);
  Remembers(2, {"7"});
  clock_.Advance(absl::Milliseconds(2900));
  desk_.Tick();
  EXPECT_FALSE(answer.has_value());
  clock_.Advance(absl::Milliseconds(100));
  desk_.Tick();
  ASSERT_TRUE(answer.has_value());
  EXPECT_THAT(Ids(answer), ElementsAre("node-2 7"));
  EXPECT_THAT((*answer)->silent_nodes(), ElementsAre("node-1"));
}

TEST_F(DecisionDeskTest, ANodeThatGoesIsNotWaitedFor) {
  Answer answer;
  Ask("", answer);
  Remembers(2, {"7"});
  desk_.OnStreamEnd(1);
  ASSERT_TRUE(answer.has_value());
  EXPECT_THAT((*answer)->silent_nodes(), ElementsAre("node-1"));
}

TEST_F(DecisionDeskTest, WithoutNodesThereIsNothingToWaitFor) {
  nodes_.clear();
  Answer answer;
  Ask("", answer);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ((*answer)->nodes_asked(), 0U);
}

TEST_F(DecisionDeskTest, AnAnswerThatComesWhileOthersAreAskedCounts) {
  DecisionDesk quick(clock_);
  Answer answer;
  quick.Connect([&](const SharedBytes& bytes) {
    routing::v1::SubscribeResponse message;
    EXPECT_TRUE(message.ParseFromString(*bytes));
    routing::v1::DecisionAnswer said;
    said.set_query_id(message.decisions().query_id());
    quick.OnAnswer(1, NodeOf(1), said);
    EXPECT_FALSE(answer.has_value());
    return std::vector<DecisionDesk::Asked>{{1, NodeOf(1)}};
  });
  quick.Ask({}, [&](absl::StatusOr<v1Response> response) {
    answer = std::move(response);
  });
  ASSERT_TRUE(answer.has_value());
  EXPECT_THAT((*answer)->silent_nodes(), IsEmpty());
}

TEST_F(DecisionDeskTest, ARequestThatNobodyRemembersIsNotFound) {
  Answer answer;
  Ask("7", answer);
  EXPECT_EQ(queries_[0].request_id(), "7");
  Remembers(1, {});
  clock_.Advance(absl::Seconds(3));
  desk_.Tick();
  ASSERT_TRUE(answer.has_value());
  EXPECT_THAT(answer->status(),
              StatusIs(StatusCode::kNotFound,
                       AllOf(HasSubstr("none of 1 nodes"), HasSubstr("7"),
                             HasSubstr("node-2"))));
}

TEST_F(DecisionDeskTest, WhatWasNotAskedIsNotHeard) {
  Remembers(1, {"7"}, 1);
  Answer answer;
  Ask("", answer);
  Remembers(1, {"7"}, 99);
  Remembers(1, {"8"});
  Remembers(1, {"9"});  // Twice.
  Remembers(2, {});
  ASSERT_TRUE(answer.has_value());
  EXPECT_THAT(Ids(answer), ElementsAre("node-1 8"));
}

TEST_F(DecisionDeskTest, OneQuestionAtATimeAndTwoMayWait) {
  Answer first;
  Answer second;
  Answer third;
  Answer refused;
  Ask("", first);
  Ask("", second);
  Ask("", third);
  Ask("", refused);
  EXPECT_THAT(queries_, SizeIs(1));
  ASSERT_TRUE(refused.has_value());
  EXPECT_THAT(refused->status(), StatusIs(StatusCode::kResourceExhausted));
  for (Answer* answer : {&first, &second, &third}) {
    Remembers(1, {});
    Remembers(2, {});
    EXPECT_TRUE(answer->has_value());
    desk_.Tick();
  }
  EXPECT_THAT(queries_, SizeIs(3));
}

TEST_F(DecisionDeskTest, TheEndOfTheControlPlaneIsTheEndOfTheWait) {
  Answer first;
  Answer second;
  Answer late;
  Ask("", first);
  Ask("", second);
  desk_.Stop();
  Ask("", late);
  for (Answer* answer : {&first, &second, &late}) {
    ASSERT_TRUE(answer->has_value());
    EXPECT_THAT((*answer)->status(), StatusIs(StatusCode::kUnavailable));
  }
}

TEST(DecisionMergeTest, ANodeIsHeldToItsLimit) {
  routing::v1::DecisionAnswer answer;
  for (int i = 0; i < 5; ++i) answer.add_decisions();
  DecisionMerge merge(3);
  merge.Add(NodeId{"n"}, answer);
  EXPECT_THAT(merge.Take(), SizeIs(3));
}

TEST(DecisionMergeTest, OfMuchTheNewestThreeMegabytesStay) {
  DecisionMerge merge(10'000);
  const std::string filler(10'000, 'x');
  for (int node = 0; node < 20; ++node) {
    routing::v1::DecisionAnswer answer;
    for (int i = 0; i < 100; ++i) {
      routing::v1::Decision& decision = *answer.add_decisions();
      decision.set_error_code(filler);
      decision.mutable_received_at()->set_seconds(i);
    }
    merge.Add(NodeId{"n"}, answer);
  }
  const auto merged = merge.Take();
  // 20 of each second, 314 of 10 KB fit.
  EXPECT_EQ(merged.front().received_at().seconds(), 99);
  EXPECT_EQ(merged.back().received_at().seconds(), 84);
  std::size_t bytes = 0;
  for (const auto& decision : merged) bytes += decision.ByteSizeLong();
  EXPECT_LE(bytes, DecisionMerge::kMaxBytes);
}

}  // namespace
}  // namespace weir::controlplane
