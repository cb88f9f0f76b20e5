#include <string>

#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ExplainTest : public ServedTest {
 protected:
  ExplainTest() {
    routing::v1::Decision& decision = *admin_.decisions_answer.add_decisions();
    decision.set_request_id("req_1");
    decision.set_node_id("node-a");
    // FakeClock's wall clock begins at 1700000000.
    decision.mutable_received_at()->set_seconds(1'699'999'988);
    decision.mutable_received_at()->set_nanos(250'000'000);
    decision.set_client_key("demo");
    decision.set_model("gpt-4.1");
    decision.set_region("sg");
    decision.set_request_class("normal");
    decision.set_stream(true);
    decision.set_config_epoch(7);
    decision.set_config_sequence(2);
    decision.set_weights_epoch(7);
    decision.set_weights_sequence(31);
    decision.set_draw(0.125);
    decision.set_status(200);
    decision.mutable_duration()->set_nanos(52'000'000);
    AddCandidate("p1", 0.6, 1, "");
    AddCandidate("p2", 0.4, 0.8, "");
    AddCandidate("p3", 0, 1, "its breaker was open, for another 2.1s");
    AddAttempt("p1", 500, "endpoint", "HTTP 500");
    AddAttempt("p2", 200, "", "");
  }

  routing::v1::Decision& Decision() {
    return *admin_.decisions_answer.mutable_decisions(0);
  }
  void AddCandidate(const std::string& provider, double weight, double factor,
                    const std::string& excluded_because) {
    routing::v1::DecisionCandidate& candidate = *Decision().add_candidates();
    candidate.set_provider(provider);
    candidate.set_upstream_model("up");
    candidate.set_model("gpt-4.1");
    candidate.set_weight(weight);
    candidate.set_local_factor(factor);
    candidate.set_excluded_because(excluded_because);
  }
  void AddAttempt(const std::string& provider, std::uint32_t status,
                  const std::string& blame, const std::string& reason) {
    routing::v1::DecisionAttempt& attempt = *Decision().add_attempts();
    attempt.set_provider(provider);
    attempt.set_upstream_model("up");
    attempt.mutable_began_after()->set_nanos(1'000'000);
    attempt.mutable_duration()->set_nanos(20'000'000);
    attempt.set_status(status);
    attempt.set_blame(blame);
    attempt.set_reason(reason);
  }
};

TEST_F(ExplainTest, TellsTheWholeStory) {
  EXPECT_EQ(
      Weirctl({"explain", "req_1"}).out,
      "req_1, 2023-11-14 22:13:08.250 UTC (11s ago)\n"
      "The client got 200 after 52 ms, in 2 attempts.\n"
      "Key demo asked for gpt-4.1, streamed; class normal; region sg.\n"
      "Node node-a ran config 7.2, weights 7.31.\n"
      "\n"
      "ATTEMPT  TARGET  KEY    BEGAN   TOOK  STATUS  RESULT    BLAMED\n"
      "      1  p1/up     1  +1.0 ms  20 ms     500  HTTP 500  endpoint\n"
      "      2  p2/up     1  +1.0 ms  20 ms     200  answered  -\n"
      "\n"
      "ORDER  TARGET  MODEL    WEIGHT   HERE  RANK  LEFT OUT\n"
      "    1  p1/up   gpt-4.1   0.600  x1.00     0  -\n"
      "    2  p2/up   gpt-4.1   0.400  x0.80     0  -\n"
      "    -  p3/up   gpt-4.1   0.000  x1.00     0  its breaker was open, for "
      "another 2.1s\n"
      "The first was picked by the draw 0.1250 of 1.\n");
  ASSERT_THAT(admin_.decision_requests, SizeIs(1));
  EXPECT_EQ(admin_.decision_requests[0].request_id(), "req_1");
}

TEST_F(ExplainTest, SaysWhatWentWrong) {
  Decision().set_status(502);
  Decision().set_error_code("provider_failed");
  EXPECT_THAT(
      Weirctl({"explain", "req_1"}).out,
      HasSubstr("The client got 502 (provider_failed) after 52 ms, in 2 "
                "attempts.\n"));
  Decision().set_status(0);
  Decision().clear_error_code();
  Decision().clear_attempts();
  EXPECT_THAT(Weirctl({"explain", "req_1"}).out,
              AllOf(HasSubstr("The client left before it had an answer after "
                              "52 ms, in 0 attempts.\n"),
                    Not(HasSubstr("BLAMED"))));
}

TEST_F(ExplainTest, SaysWhatItCostWhereTheProviderTold) {
  EXPECT_THAT(Weirctl({"explain", "req_1"}).out, Not(HasSubstr("Tokens")));
  Decision().set_input_tokens(1200);
  Decision().set_cached_input_tokens(1000);
  Decision().set_output_tokens(34);
  EXPECT_THAT(Weirctl({"explain", "req_1"}).out,
              HasSubstr("Tokens: 1200 in (1000 cached), 34 out.\n"));
  Decision().set_cost_usd(0.000412);
  EXPECT_THAT(Weirctl({"explain", "req_1"}).out,
              HasSubstr("34 out; $0.000412.\n"));
}

TEST_F(ExplainTest, SaysWhenAffinityPicked) {
  Decision().set_by_affinity(true);
  EXPECT_THAT(Weirctl({"explain", "req_1"}).out,
              AllOf(HasSubstr("affinity"), Not(HasSubstr("draw"))));
}

TEST_F(ExplainTest, ListsTheLatest) {
  EXPECT_EQ(Weirctl({"explain", "--recent", "-n", "5"}).out,
            "TIME          REQUEST  NODE    MODEL    STATUS   TOOK  ROUTE\n"
            "22:13:08.250  req_1    node-a  gpt-4.1     200  52 ms  p1 HTTP "
            "500, p2\n");
  ASSERT_THAT(admin_.decision_requests, SizeIs(1));
  EXPECT_THAT(admin_.decision_requests[0].request_id(), IsEmpty());
  EXPECT_EQ(admin_.decision_requests[0].limit(), 5U);
}

TEST_F(ExplainTest, ListsNoMoreThanWereAskedForThoughEachNodeGaveSoMany) {
  admin_.decisions_answer.add_decisions()->set_request_id("req_2");
  EXPECT_THAT(Weirctl({"explain", "--recent", "-n", "1"}).out,
              AllOf(HasSubstr("req_1"), Not(HasSubstr("req_2"))));
}

TEST_F(ExplainTest, NamesTheNodesThatDidNotAnswer) {
  admin_.decisions_answer.add_silent_nodes("node-b");
  const Outcome run = Weirctl({"explain", "--recent"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr("no answer in time from node-b"));
}

TEST_F(ExplainTest, JsonIsTheAnswer) {
  EXPECT_THAT(Weirctl({"explain", "req_1", "-o", "json"}).out,
              AllOf(HasSubstr("\"blame\": \"endpoint\""),
                    HasSubstr("\"excluded_because\": \"its breaker")));
}

TEST_F(ExplainTest, WhatNobodyRemembersIsNamed) {
  admin_.refusal = {grpc::StatusCode::NOT_FOUND, "none of 2 nodes remembers"};
  const Outcome run = Weirctl({"explain", "req_9"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("none of 2 nodes"));
}

TEST_F(ExplainTest, EitherARequestOrTheLatest) {
  EXPECT_EQ(Weirctl({"explain"}).exit_code, 2);
  EXPECT_EQ(Weirctl({"explain", "req_1", "--recent"}).exit_code, 2);
  EXPECT_EQ(Weirctl({"explain", "--recent", "-n", "0"}).exit_code, 2);
}

TEST_F(ExplainTest, ControlCharactersDontGetThrough) {
  Decision().set_client_key("a\x1b[31m");
  Decision().mutable_attempts(0)->set_reason("b\x1b[31m");
  EXPECT_THAT(Weirctl({"explain", "req_1"}).out, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace weir::cli
