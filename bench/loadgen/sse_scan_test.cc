#include "bench/loadgen/sse_scan.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::bench {
namespace {

struct SseCase {
  std::string name;
  std::string stream;
  std::uint64_t events;
  bool terminated;
  bool error;
};

class SseScanTest : public ::testing::TestWithParam<SseCase> {
 protected:
  static void Expect(const SseScan& scan) {
    EXPECT_EQ(scan.events(), GetParam().events);
    EXPECT_EQ(scan.terminated(), GetParam().terminated);
    EXPECT_EQ(scan.error(), GetParam().error);
  }
};

TEST_P(SseScanTest, SeesTheStreamWhereverItIsCut) {
  const std::string_view stream = GetParam().stream;
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    SCOPED_TRACE(cut);
    SseScan scan;
    scan.Feed(stream.substr(0, cut));
    scan.Feed(stream.substr(cut));
    Expect(scan);
  }
}

TEST_P(SseScanTest, SeesTheStreamByteByByte) {
  SseScan scan;
  for (const char& byte : GetParam().stream) {
    scan.Feed(std::string_view(&byte, 1));
  }
  Expect(scan);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SseScanTest,
    ::testing::ValuesIn<SseCase>({
        {"Nothing", "", 0, false, false},
        {"Whole", "data: {\"a\":1}\n\ndata: {}\n\ndata: [DONE]\n\n", 3, true,
         false},
        {"WithoutItsEnd", "data: {\"a\":1}\n\n", 1, false, false},
        {"TerminatorCutShort", "data: {}\n\ndata: [DONE]\n", 1, false, false},
        {"CommentsAreNoEvents", ": busy\n\n: busy\n\ndata: [DONE]\n\n", 1, true,
         false},
        {"ErrorEvent", "data: {}\n\ndata: {\"error\":{\"message\":\"x\"}}\n\n",
         2, false, true},
        {"NamedErrorEvent", "event: error\ndata: {}\n\n", 1, false, true},
        {"AWordThatSaysErrorIsNone", "data: {\"content\":\"error\"}\n\n", 1,
         false, false},
        {"Responses",
         "event: response.created\ndata: {}\n\n"
         "event: response.completed\ndata: {}\n\n",
         2, true, false},
        {"Anthropic",
         "event: message_delta\ndata: {}\n\n"
         "event: message_stop\ndata: {}\n\n",
         2, true, false},
        {"Gemini",
         "data: {\"candidates\":[{\"index\":0}]}\n\n"
         "data: {\"candidates\":[{\"finishReason\":\"STOP\"}]}\n\n",
         2, true, false},
        {"GeminisLineEnds",
         "data: {}\r\n\r\n"
         "data: {\"candidates\":[{\"finishReason\":\"STOP\"}]}\r\n\r\n",
         2, true, false},
        {"GeminisTextIsNoReason",
         "data: {\"candidates\":[{\"text\":\"\\\"finishReason\\\"\"}]}\n\n", 1,
         false, false},
        {"ResponsesFailed", "event: response.failed\ndata: {}\n\n", 1, false,
         true},
    }),
    [](const auto& tested) { return tested.param.name; });

TEST(SseScanResetTest, TheNextStreamBeginsAnew) {
  SseScan scan;
  scan.Feed("data: [DONE]\n\ndata: {\"err");
  scan.Reset();
  scan.Feed("data: {}\n\n");
  EXPECT_EQ(scan.events(), 1U);
  EXPECT_FALSE(scan.terminated());
}

}  // namespace
}  // namespace weir::bench
