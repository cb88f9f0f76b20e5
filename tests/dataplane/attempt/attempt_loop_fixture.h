// An attempt loop over providers that say what a test wants.
#ifndef WEIR_TESTS_DATAPLANE_ATTEMPT_ATTEMPT_LOOP_FIXTURE_H_
#define WEIR_TESTS_DATAPLANE_ATTEMPT_ATTEMPT_LOOP_FIXTURE_H_

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/attempt_loop.h"
#include "dataplane/attempt/attempt_record.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/attempt/repeated_upstream_head.h"
#include "dataplane/attempt/retry_budget.h"
#include "dataplane/http1/head.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "dataplane/quota/quota_book.h"
#include "dataplane/quota/supply.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/usage/usage_book.h"
#include "tests/dataplane/peers/fake_upstream.h"
#include "tests/dataplane/peers/snapshot_by_hand.h"
#include "tests/dataplane/peers/test_loop.h"
#include "tests/testing/fake_random.h"

namespace weir::dataplane {

inline constexpr char kJson[] = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n";
inline constexpr char kStream[] =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
    "transfer-encoding: chunked\r\n";

inline testing::FakeAnswer Status(int status) {
  return {"HTTP/1.1 " + std::to_string(status) +
              " Reason\r\ncontent-type: application/json\r\n"
              "content-length: 2\r\n",
          {testing::Last{"{}"}}};
}
inline testing::FakeAnswer Refusing(int status, const std::string& body,
                                    const std::string& lines = {}) {
  return {"HTTP/1.1 " + std::to_string(status) +
              " Reason\r\ncontent-type: application/json\r\n" + lines +
              "content-length: " + std::to_string(body.size()) + "\r\n",
          {testing::Last{body}}};
}
inline testing::FakeAnswer TooLong() {
  return Refusing(400, R"({"error":{"code":"context_length_exceeded"}})");
}
inline testing::FakeAnswer Good() {
  return {kJson, {testing::Last{"good body"}}};
}
inline testing::FakeAnswer Hangs() { return {kJson, {testing::Silence{}}}; }
inline Failure Refused() {
  return {.blame = Blame::kEndpoint,
          .stage = Stage::kConnect,
          .reason = "connection refused",
          .status = std::nullopt,
          .retry_after = std::nullopt};
}

// A chat request for a model with a target at each of three providers, tried in
// the order p0, p1, p2.
class AttemptLoopTest : public ::testing::Test {
 protected:
  AttemptLoopTest() {
    for (const char* name : {"p0", "p1", "p2"}) {
      hand_.AddModel(std::string("m-") + name, {hand_.AddProvider(name, 1)});
    }
    hand_.config().providers[0].credentials.push_back(
        {"authorization: Bearer second\r\n", 1});
    http1::ParseRequestHead(head_bytes_, head_);
    request_.head = &head_;
    request_.body = R"({"model":"m"})";
    request_.endpoint = Endpoint::kChatCompletions;
    request_.id = RequestId("req_1");
    request_.received_at = loop_.clock.Now();
    for (ProviderIndex i = 0; i < 3; ++i) plan_.Add({i, i});
  }

  // With what providers say, in the order in which they are asked.
  void Providers(std::deque<testing::FakeOutcome> outcomes) {
    records_.Clear();
    upstream_.emplace(std::move(outcomes));
    snapshot_ = hand_.Build();
    snapshot_.quotas = limits_.Align(snapshot_.config);
    request_.snapshot = &snapshot_;
    view_ = live_.Align(*snapshot_.config);
    context_.emplace(AttemptContext{*upstream_, budget_, random_, loop_.clock,
                                    loop_.wheel, [this] { ++news_; }, usage_});
    attempts_.emplace(*context_, request_, "/chat/completions", *view_,
                      interrupt_, upstream_head_, &records_);
  }
  AttemptsResult Run(std::deque<testing::FakeOutcome> outcomes) {
    Providers(std::move(outcomes));
    return loop_.Run(attempts_->Run(plan_));
  }
  std::vector<std::string> Asked() const {
    std::vector<std::string> names;
    for (const auto& sent : upstream_->sent) names.push_back(sent.provider);
    return names;
  }
  const AttemptCounts& Counts(TargetIndex target) const {
    return view_->targets[target]->counters.attempts;
  }

  // Somebody else's place.
  std::optional<SupplyPlace> TakePlace(ProviderIndex provider) {
    return SupplyPlace::Take(*snapshot_.quotas, {provider, std::nullopt},
                             loop_.clock.Now());
  }

  testing::TestLoop loop_;
  QuotaBook limits_{loop_.clock};
  testing::SnapshotByHand hand_;
  testing::FakeRandom random_{{0.0}};
  RetryBudget budget_;
  LiveState live_;
  Interrupt interrupt_{loop_.wheel};
  RepeatedUpstreamHead upstream_head_;
  AttemptRecords records_;
  const std::string head_bytes_ =
      "POST /v1/chat/completions HTTP/1.1\r\nhost: h\r\n"
      "content-length: 13\r\n\r\n";
  http1::RequestHead head_;
  Request request_;
  Plan plan_;
  Snapshot snapshot_;
  std::optional<testing::FakeUpstream> upstream_;
  std::shared_ptr<const LiveState::View> view_;
  std::optional<AttemptContext> context_;
  std::optional<AttemptLoop> attempts_;
  int news_ = 0;
  // Accounts, where a test keeps some.
  UsageBook* usage_ = nullptr;
};

inline const Answer& AnswerOf(const AttemptsResult& result) {
  return *std::get<std::unique_ptr<Answer>>(result.outcome);
}
inline const NoAnswer& NoAnswerOf(const AttemptsResult& result) {
  return *std::get<std::unique_ptr<const NoAnswer>>(result.outcome);
}

}  // namespace weir::dataplane

#endif  // WEIR_TESTS_DATAPLANE_ATTEMPT_ATTEMPT_LOOP_FIXTURE_H_
