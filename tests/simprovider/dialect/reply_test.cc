#include "tests/simprovider/dialect/reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace weir::simprovider {
namespace {

using ::testing::ElementsAre;

class ReplyTest : public ::testing::Test {
 protected:
  Reply To(const Ask& ask) {
    return ReplyTo(ask,
                   {.tokens = 4,
                    .unix_seconds = 0,
                    .models = models_,
                    .tool_calls = tool_calls_,
                    .cached_tokens = cached_tokens_},
                   wording_);
  }
  static std::vector<std::string> NamesOf(const Reply& reply) {
    std::vector<std::string> names;
    for (const ToolCall& call : reply.calls) names.push_back(call.name);
    return names;
  }

  Wording wording_{"alpha"};
  std::vector<std::string> models_;
  int tool_calls_ = 1;
  int cached_tokens_ = 0;
};

TEST_F(ReplyTest, SaysAsManyTokensAsItIsTold) {
  const Reply reply = To({});
  EXPECT_EQ(reply.text.Text(), "alpha answers: the river");
  EXPECT_EQ(reply.end, Reply::End::kDone);
  EXPECT_EQ(reply.output_tokens, 4);
  EXPECT_EQ(reply.prompt_tokens, 1);
  EXPECT_TRUE(reply.thought.empty());
}

TEST_F(ReplyTest, TheRequestsLimitCutsItShort) {
  const Reply reply = To({.max_tokens = 2});
  EXPECT_EQ(reply.text.Text(), "alpha answers:");
  EXPECT_EQ(reply.end, Reply::End::kLimit);
  EXPECT_EQ(To({.max_tokens = 4}).end, Reply::End::kDone);
}

struct StopCase {
  std::vector<std::string> stops;
  std::string text;
  std::string stopped_by;
};

TEST_F(ReplyTest, EndsBeforeTheFirstStopSequence) {
  for (const StopCase& tested :
       std::vector<StopCase>{{{"river"}, "alpha answers: the ", "river"},
                             {{"river", "wers"}, "alpha ans", "wers"},
                             {{"alpha"}, "", "alpha"},
                             {{"sea"}, "alpha answers: the river", ""}}) {
    const Reply reply = To({.stops = tested.stops});
    EXPECT_EQ(reply.text.Text(), tested.text);
    EXPECT_EQ(reply.stopped_by, tested.stopped_by);
    EXPECT_EQ(reply.end == Reply::End::kStop, !tested.stopped_by.empty());
  }
}

TEST_F(ReplyTest, ThinkingCountsAsOutput) {
  const Reply reply = To({.thinking = Ask::Thinking::kOn});
  EXPECT_EQ(reply.thought.Text(), "Let me think of the river.");
  EXPECT_EQ(reply.thought_tokens(), 6);
  EXPECT_EQ(reply.output_tokens, 10);
}

TEST_F(ReplyTest, CallsTheFirstToolOrTheOneThatIsChosen) {
  Ask ask;
  ask.tools = {{"f", {}}, {"g", {}}};
  EXPECT_THAT(NamesOf(To(ask)), ElementsAre("f"));
  ask.chosen_tool = "g";
  const Reply chosen = To(ask);
  EXPECT_THAT(NamesOf(chosen), ElementsAre("g"));
  EXPECT_EQ(chosen.calls[0].arguments, "{}");
  EXPECT_EQ(chosen.end, Reply::End::kCalls);
  EXPECT_TRUE(chosen.text.empty());
  ask.chosen_tool = "unknown";
  EXPECT_EQ(To(ask).end, Reply::End::kDone);
}

TEST_F(ReplyTest, CallsSeveralToolsWhereTheRequestLetsIt) {
  tool_calls_ = 3;
  Ask ask;
  ask.tools = {{"f", {}}, {"g", {}}};
  EXPECT_THAT(NamesOf(To(ask)), ElementsAre("f", "g", "f"));
  ask.calls = Ask::Calls::kOne;
  EXPECT_THAT(NamesOf(To(ask)), ElementsAre("f"));
}

TEST_F(ReplyTest, AnswersWithTheJsonThatIsWanted) {
  const Reply reply = To({.json = R"({"city":"Paris"})"});
  EXPECT_EQ(reply.text.Text(), R"({\"city\":\"Paris\"})");
}

TEST_F(ReplyTest, MentionsWhatItSawAndWhatToolsSaid) {
  const Reply reply =
      To({.attachments = {{"image/png", 400}}, .results = {"21 \"C\""}});
  EXPECT_EQ(reply.text.Text(),
            R"(alpha [saw image/png] [got 21 \"C\"] answers:)");
}

TEST_F(ReplyTest, AnAttachmentCountsAFixedNumberInsteadOfItsBytes) {
  const Reply reply =
      To({.attachments = {{"image/png", 400}}, .body_bytes = 440});
  EXPECT_EQ(reply.attachment_tokens, 85);
  EXPECT_EQ(reply.prompt_tokens, 95);  // 40 bytes / 4 and 85.
}

TEST_F(ReplyTest, NoMoreIsCachedThanThereIs) {
  cached_tokens_ = 7;
  EXPECT_EQ(To({.body_bytes = 40}).cached_tokens, 7);
  EXPECT_EQ(To({.body_bytes = 20}).cached_tokens, 5);
}

TEST(PiecesTest, NoCharacterIsCut) {
  EXPECT_THAT(PiecesOf(""), ElementsAre(""));
  EXPECT_THAT(PiecesOf("twelve bytes"), ElementsAre("twelve bytes"));
  EXPECT_THAT(PiecesOf("twelve bytes!"), ElementsAre("twelve bytes", "!"));
  // The twelfth byte is the first of two.
  EXPECT_THAT(PiecesOf("elevenbytes\u00e9!"),
              ElementsAre("elevenbytes\u00e9", "!"));
}

}  // namespace
}  // namespace weir::simprovider
