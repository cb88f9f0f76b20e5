#include "dataplane/trace/trace_log.h"

#include <gtest/gtest.h>

#include "tests/dataplane/trace/sample_request.h"

namespace weir::dataplane {
namespace {

using testing::SampleRequest;

TEST(TraceLogTest, WhatIsTakenIsGone) {
  TraceLog log(1);
  log.Add(SampleRequest());
  EXPECT_EQ(log.Take().requests.size(), 1U);
  EXPECT_TRUE(log.Take().requests.empty());
}

TEST(TraceLogTest, WhatDoesNotFitIsCountedBySpans) {
  TraceLog log(1, 2);
  for (int i = 0; i < 4; ++i) log.Add(SampleRequest());
  const TraceLog::Batch batch = log.Take();
  EXPECT_EQ(batch.requests.size(), 2U);
  EXPECT_EQ(batch.dropped_spans, 8U);
  log.Add(SampleRequest());
  EXPECT_EQ(log.Take().dropped_spans, 0U) << "there is room again";
}

TEST(SpanCountTest, IsWhatThereIs) {
  TracedRequest request = SampleRequest();
  EXPECT_EQ(SpanCount(request), 4U);
  request.attempts.push_back(testing::SampleAttempt(9));
  EXPECT_EQ(SpanCount(request), 5U);
  request = {};
  EXPECT_EQ(SpanCount(request), 1U) << "refused before it was planned";
}

}  // namespace
}  // namespace weir::dataplane
