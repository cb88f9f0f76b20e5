#include "dataplane/usage/gen_ai_book.h"

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/dialect/canonical/usage.h"
#include "common/dialect/dialect.h"
#include "dataplane/gen_ai_counts.h"
#include "dataplane/plan/candidate.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/worker_report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/peers/snapshot_by_hand.h"

namespace weir::dataplane {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// 100 tokens in, 11 out, after 3 s.
constexpr dialect::canonical::Usage kUsage = {.fresh_input = 100, .output = 11};

template <typename Counts>
std::uint64_t CountOf(const Counts& counts) {
  return std::accumulate(counts.buckets.begin(), counts.buckets.end(),
                         std::uint64_t{0});
}

class GenAiBookTest : public ::testing::Test {
 protected:
  GenAiBookTest() {
    hand_.AddModel("m", {hand_.AddProvider("p", 1)});
    snapshot_ = hand_.Build();
    request_.snapshot = &snapshot_;
    request_.model = 0;
    request_.endpoint = Endpoint::kChatCompletions;
  }

  void Answer(std::optional<absl::Duration> first_token = std::nullopt) {
    book_.OnAnswer(request_, candidate_,
                   {.usage = kUsage,
                    .duration = absl::Seconds(3),
                    .first_token = first_token});
  }
  WorkerReport Report() const {
    WorkerReport report;
    book_.AddTo(report);
    return report;
  }

  testing::SnapshotByHand hand_;
  Snapshot snapshot_;
  Request request_;
  const Candidate candidate_{0, 0, 0};
  GenAiBook book_;
};

TEST_F(GenAiBookTest, AnAnswerStandsUnderTheConventionsNames) {
  Answer();
  const WorkerReport report = Report();
  ASSERT_THAT(report.gen_ai, SizeIs(1));
  const auto& [labels, counts] = *report.gen_ai.begin();
  EXPECT_EQ(labels, (GenAiLabels{"chat", "openai", "m", "upstream-m", "p"}));
  EXPECT_EQ(counts.input_tokens.sum, 100);
  EXPECT_EQ(counts.output_tokens.sum, 11);
  EXPECT_EQ(counts.duration.sum, 3);
  EXPECT_EQ(CountOf(counts.first_token), 0U) << "it is no stream";
  EXPECT_EQ(CountOf(counts.per_output_token), 0U);
}

TEST_F(GenAiBookTest, AStreamHasAFirstTokenAndAPace) {
  Answer(absl::Seconds(1));
  const GenAiCounts counts = Report().gen_ai.begin()->second;
  EXPECT_EQ(counts.first_token.sum, 1);
  // Ten tokens in the two seconds after the first.
  EXPECT_DOUBLE_EQ(counts.per_output_token.sum, 0.2);
  EXPECT_EQ(counts.per_output_token.buckets[6], 1U) << "up to 0.2 s";
}

TEST_F(GenAiBookTest, AnswersOfTheSameLabelsAddUp) {
  for (int i = 0; i < 3; ++i) Answer();
  const WorkerReport report = Report();
  ASSERT_THAT(report.gen_ai, SizeIs(1));
  GenAiCounts counts = report.gen_ai.begin()->second;
  counts.Merge(report.gen_ai.begin()->second);
  EXPECT_EQ(CountOf(counts.duration), 6U);
  EXPECT_EQ(counts.input_tokens.sum, 600);
}

TEST_F(GenAiBookTest, WhatTheConventionsHaveNoWordForIsNotCounted) {
  request_.endpoint = Endpoint::kCountTokens;
  Answer();
  request_.endpoint = Endpoint::kPassThrough;
  Answer();
  request_.endpoint = Endpoint::kChatCompletions;
  request_.model.reset();
  Answer();
  EXPECT_THAT(Report().gen_ai, IsEmpty());
}

struct OperationCase {
  Endpoint endpoint;
  std::string operation;
};

TEST_F(GenAiBookTest, EachEndpointHasItsOperation) {
  for (const auto& [endpoint, operation] : {
           OperationCase{Endpoint::kResponses, "chat"},
           OperationCase{Endpoint::kMessages, "chat"},
           OperationCase{Endpoint::kCompletions, "text_completion"},
           OperationCase{Endpoint::kEmbeddings, "embeddings"},
           OperationCase{Endpoint::kGenerateContent, "generate_content"},
           OperationCase{Endpoint::kStreamGenerateContent, "generate_content"},
       }) {
    book_ = GenAiBook();
    request_.endpoint = endpoint;
    Answer();
    EXPECT_EQ(Report().gen_ai.begin()->first.operation, operation);
  }
}

TEST_F(GenAiBookTest, ProvidersAreNamedByTheApiThatTheySpeak) {
  hand_.config().providers[0].dialect = &dialect::Gemini();
  snapshot_ = hand_.Build();
  Answer();
  EXPECT_EQ(Report().gen_ai.begin()->first.provider_name, "gcp.gemini");
}

}  // namespace
}  // namespace weir::dataplane
