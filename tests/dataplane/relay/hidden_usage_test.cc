#include "dataplane/relay/hidden_usage.h"

#include <string>

#include "dataplane/relay/sse.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

const std::string kText =
    "data: {\"choices\":[{\"delta\":{\"content\":\",\\\"usage\\\":null}\"}}]";
const std::string kUsage =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,"
    "\"prompt_tokens_details\":{\"cached_tokens\":0}}}\n\n";
// What some servers send with every chunk.
const std::string kTextAndUsage =
    "data: {\"choices\":[{\"delta\":{}}],\"usage\":{\"prompt_tokens\":1}}\n\n";
const std::string kDoneEvent = "data: [DONE]\n\n";

std::string Hidden(const std::string& events) {
  SseScan scan(Terminator::kDone);
  scan.Feed(events);
  std::string scratch;
  const TwoPieces kept = HideUsage(events, scan.events(), scratch);
  return std::string(kept.begin) + std::string(kept.end);
}

TEST(HideUsageTest, LeavesAStreamAsItWouldHaveBeen) {
  const std::string asked = kText + ",\"usage\":null}\n\n";
  const std::string not_asked = kText + "}\n\n";
  EXPECT_EQ(Hidden(asked), not_asked);
  EXPECT_EQ(Hidden(kText + ",\"usage\":null}\r\n\r\n"), kText + "}\r\n\r\n");
  EXPECT_EQ(Hidden(kUsage), "");
  EXPECT_EQ(Hidden(asked + asked + kUsage + kDoneEvent),
            not_asked + not_asked + kDoneEvent);
  EXPECT_EQ(Hidden(kUsage + kDoneEvent), kDoneEvent);
}

TEST(HideUsageTest, LeavesWhatIsNotOfIt) {
  for (const std::string& events :
       {kText + "}\n\n", kTextAndUsage, kDoneEvent, std::string(": hi\n\n"),
        std::string("data: <html>}}\n\n"), std::string("data: {\"cho"),
        kText + "}\n\n" + kTextAndUsage + ": hi\n\n" + "data: {\"cho",
        std::string()}) {
    EXPECT_EQ(Hidden(events), events);
  }
}

}  // namespace
}  // namespace weir::dataplane
