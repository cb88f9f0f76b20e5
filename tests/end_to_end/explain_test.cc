// Promise: an operator can ask afterwards why a request went where it went.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"

namespace weir::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kChat[] = "/v1/chat/completions";

class ExplainTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status started = fleet_.Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  HttpAnswer Ask(const std::string& model, int node = 0) {
    const absl::StatusOr<HttpAnswer> answer =
        PostJson(fleet_.Api(node), kChat, fleet_.key(), ChatBody(model));
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : HttpAnswer();
  }
  boost::json::value Explain(const std::string& request_id) {
    const absl::StatusOr<boost::json::value> explained =
        fleet_.CtlJson({"explain", request_id});
    EXPECT_TRUE(explained.ok()) << explained.status() << fleet_.Logs();
    return explained.ok() ? *explained : boost::json::value();
  }

  // Probes stay away for the test's time: what a node finds out by itself is
  // what is explained.
  Fleet fleet_{{.nodes = 2, .health_check = "{kind: tcp, interval: 10m}"}};
};

TEST_F(ExplainTest, AFailoverIsExplainedWithBothAttempts) {
  ASSERT_TRUE(fleet_.Control(0, R"({"status": {"code": 500}})").ok());
  HttpAnswer answer;
  ASSERT_TRUE(Eventually([&] {
    answer = Ask("gpt-4.1", 1);
    return answer.Header("x-weir-attempts") == "2";
  }));
  EXPECT_EQ(answer.status, 200);
  const std::string id = answer.Header("x-request-id");
  const boost::json::value told = Explain(id);
  EXPECT_EQ(At(told, "/nodes_asked"), "2");
  EXPECT_EQ(At(told, "/decisions/0/request_id"), id);
  EXPECT_EQ(At(told, "/decisions/0/model"), "gpt-4.1");
  EXPECT_EQ(At(told, "/decisions/0/client_key"), "everything");
  EXPECT_EQ(At(told, "/decisions/0/status"), "200");
  EXPECT_EQ(At(told, "/decisions/0/candidates/0/provider"), "p1");
  EXPECT_NE(At(told, "/decisions/0/candidates/2/provider"), "");
  EXPECT_EQ(At(told, "/decisions/0/attempts/0/provider"), "p1");
  EXPECT_EQ(At(told, "/decisions/0/attempts/0/status"), "500");
  EXPECT_EQ(At(told, "/decisions/0/attempts/0/blame"), "endpoint");
  EXPECT_EQ(At(told, "/decisions/0/attempts/0/reason"), "HTTP 500");
  EXPECT_EQ(At(told, "/decisions/0/attempts/1/provider"),
            answer.Header("x-weir-provider"));
  EXPECT_EQ(At(told, "/decisions/0/attempts/1/status"), "200");
  EXPECT_EQ(At(told, "/decisions/0/attempts/1/blame"), "");

  const absl::StatusOr<Finished> text = fleet_.Ctl({"explain", id});
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_THAT(text->output, AllOf(HasSubstr("in 2 attempts"),
                                  HasSubstr("HTTP 500"), HasSubstr("p1")));
}

TEST_F(ExplainTest, AFailureIsExplainedWithWhatWasLeftOut) {
  ASSERT_TRUE(fleet_.Control(0, R"({"status": {"code": 500}})").ok());
  // Until its breaker is open.
  HttpAnswer answer;
  ASSERT_TRUE(Eventually([&] {
    answer = Ask("only-p1");
    return answer.status == 503;
  }));
  const boost::json::value told = Explain(answer.Header("x-request-id"));
  EXPECT_EQ(At(told, "/decisions/0/status"), "503");
  EXPECT_EQ(At(told, "/decisions/0/error_code"), "no_healthy_provider");
  EXPECT_THAT(At(told, "/decisions/0/candidates/0/excluded_because"),
              HasSubstr("breaker"));
}

TEST_F(ExplainTest, TheLatestRequestsOfAllNodesAreListed) {
  const std::string first = Ask("gpt-4.1", 0).Header("x-request-id");
  const std::string second = Ask("gpt-4.1", 1).Header("x-request-id");
  const absl::StatusOr<Finished> recent =
      fleet_.Ctl({"explain", "--recent", "-n", "50"});
  ASSERT_TRUE(recent.ok()) << recent.status();
  EXPECT_THAT(recent->output, AllOf(HasSubstr(first), HasSubstr(second)));
}

TEST_F(ExplainTest, WhatNobodyRemembersIsSaid) {
  const absl::StatusOr<Finished> unknown = fleet_.Ctl({"explain", "req_no"});
  ASSERT_TRUE(unknown.ok()) << unknown.status();
  EXPECT_EQ(unknown->exit_code, 1);
  EXPECT_THAT(unknown->output, HasSubstr("none of 2 nodes remembers"));
}

}  // namespace
}  // namespace weir::testing
