// Promise: what a strict HTTP/1.1 server must refuse is refused, and nothing of
// a refused request reaches a provider.

#include "tests/end_to_end/http_corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/raw_http.h"

namespace weir::testing {
namespace {

// Enough at once that those who wait in silence wait together.
constexpr std::size_t kThreads = 24;
constexpr absl::Duration kSilence = absl::Seconds(2);

// Answers to `cases`, in their order.
std::vector<RawAnswer> Replay(const std::string& address,
                              const std::vector<CorpusCase>& cases) {
  std::vector<RawAnswer> answers(cases.size());
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (std::size_t count = 0; count < kThreads; ++count) {
    threads.emplace_back([&] {
      for (std::size_t index = next++; index < cases.size(); index = next++) {
        absl::StatusOr<RawAnswer> answer =
            SendRaw(address, cases[index].bytes, kSilence);
        if (answer.ok()) answers[index] = *std::move(answer);
      }
    });
  }
  threads.clear();
  return answers;
}

// What `answer` does wrong; empty when nothing.
std::string Complaint(const CorpusCase& sent, const RawAnswer& answer) {
  // An interim 100 is no answer.
  std::vector<int> statuses = answer.statuses;
  std::erase(statuses, 100);
  if (statuses.size() > 1) {
    return "several answers: " + absl::StrJoin(statuses, ", ");
  }
  const bool silent = statuses.empty();
  const int status = silent ? 0 : statuses.front();
  switch (sent.verdict) {
    case Verdict::kSilence:
      if (silent) return "";
      [[fallthrough]];
    case Verdict::kRefuse:
      if (silent) return answer.closed ? "" : "neither refused nor closed";
      if (status < 400) return absl::StrCat("taken: ", status);
      return answer.closed ? "" : absl::StrCat(status, " but not closed");
    case Verdict::kTake:
      if (silent) return "not answered";
      // Without a key, a path or a JSON body there is nothing to get, but
      // nothing wrong with the request's form either.
      if (status == 400 && answer.closed) return "refused";
      return absl::EndsWith(sent.expected, "+ close") && !answer.closed
                 ? "not closed"
                 : "";
    case Verdict::kEither:
      return status == 101 ? "101" : "";
  }
  return "";
}

void Judge(const std::vector<CorpusCase>& cases,
           const std::vector<RawAnswer>& answers, const std::string& where) {
  std::map<int, int> counts;
  std::vector<std::string> complaints;
  for (std::size_t index = 0; index < cases.size(); ++index) {
    const RawAnswer& answer = answers[index];
    ++counts[answer.statuses.empty() ? 0 : answer.statuses.front()];
    const std::string complaint = Complaint(cases[index], answer);
    if (complaint.empty()) continue;
    complaints.push_back(absl::StrCat(cases[index].id, " (",
                                      cases[index].expected, "): ", complaint));
  }
  std::string summary;
  for (const auto& [status, count] : counts) {
    absl::StrAppend(&summary, status == 0 ? " closed or silent" : "",
                    status == 0 ? "" : absl::StrCat(" ", status), ": ", count,
                    ";");
  }
  std::printf("%s: %zu requests;%s %zu wrong\n", where.c_str(), cases.size(),
              summary.c_str(), complaints.size());
  EXPECT_TRUE(complaints.empty()) << absl::StrJoin(complaints, "\n");
}

class HttpCorpusTest : public ::testing::Test {
 protected:
  void SetUp() override {
    // Probes by TCP: a provider's counters then count clients' requests alone.
    const absl::Status started = fleet_.Start();
    ASSERT_TRUE(started.ok()) << started;
    absl::StatusOr<std::vector<CorpusCase>> corpus = ReadCorpus();
    ASSERT_TRUE(corpus.ok()) << corpus.status();
    corpus_ = *std::move(corpus);
    ASSERT_EQ(corpus_.size(), 143U);
  }

  // Requests that the provider saw, and what it did not understand.
  std::string Seen() {
    const boost::json::value stats = fleet_.Stats(0);
    return absl::StrCat(At(stats, "/requests/total"), " requests, ",
                        At(stats, "/requests/invalid"), " invalid");
  }

  Fleet fleet_{{.providers = 1,
                .health_check = "{kind: tcp, interval: 500ms, timeout: 1s, "
                                "unhealthy_after: 2, healthy_after: 2}"}};
  std::vector<CorpusCase> corpus_;
};

TEST_F(HttpCorpusTest, WhatMustBeRefusedIsRefusedAtAnyPath) {
  const std::string before = Seen();
  Judge(corpus_, Replay(fleet_.Api(), corpus_), "as published");
  EXPECT_EQ(Seen(), before) << "something reached the provider";
}

TEST_F(HttpCorpusTest, NothingOfARefusedChatReachesAProvider) {
  std::vector<CorpusCase> refused;
  for (const CorpusCase& one : corpus_) {
    if (one.verdict == Verdict::kRefuse || one.verdict == Verdict::kSilence) {
      refused.push_back(AsChat(one, fleet_.key()));
    }
  }
  const std::string before = Seen();
  Judge(refused, Replay(fleet_.Api(), refused), "as a chat with a key");
  EXPECT_EQ(Seen(), before) << "something reached the provider";
}

// The same transformation of a sound request does reach the provider: the test
// above is not green for want of a right key.
TEST_F(HttpCorpusTest, ASoundChatReachesTheProvider) {
  const auto baseline = std::find_if(
      corpus_.begin(), corpus_.end(),
      [](const CorpusCase& one) { return one.id == "COMP-BASELINE"; });
  ASSERT_NE(baseline, corpus_.end());
  const std::string before = Seen();
  const absl::StatusOr<RawAnswer> answer =
      SendRaw(fleet_.Api(), AsChat(*baseline, fleet_.key()).bytes, kSilence);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(answer->statuses, ::testing::ElementsAre(200)) << answer->bytes;
  EXPECT_NE(Seen(), before);
}

}  // namespace
}  // namespace weir::testing
