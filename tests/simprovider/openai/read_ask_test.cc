#include "tests/simprovider/openai/read_ask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

namespace weir::simprovider {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OpenAiReadAskTest : public ::testing::Test {
 protected:
  Ask Read(std::string_view request) {
    const simdjson::dom::element root =
        parser_.parse(simdjson::padded_string(request));
    return ReadOpenAiAsk(root, request.size()).ask;
  }
  simdjson::dom::parser parser_;
};

TEST_F(OpenAiReadAskTest, ThinksAtAnEffort) {
  for (const char* request : {R"({"reasoning_effort":"low"})",
                              R"({"reasoning":{"effort":"high"}})"}) {
    EXPECT_EQ(Read(request).thinking, Ask::Thinking::kOn) << request;
  }
  for (const char* request : {"{}", R"({"reasoning_effort":"none"})"}) {
    EXPECT_EQ(Read(request).thinking, Ask::Thinking::kOff) << request;
  }
}

TEST_F(OpenAiReadAskTest, AnswersByTheSchemaOfChatAndOfResponses) {
  for (const char* request :
       {R"({"response_format":{"type":"json_schema","json_schema":)"
        R"({"schema":{"type":"integer"}}}})",
        R"({"text":{"format":{"type":"json_schema",)"
        R"("schema":{"type":"integer"}}}})"}) {
    EXPECT_EQ(Read(request).json, "1") << request;
  }
  EXPECT_EQ(Read(R"({"response_format":{"type":"json_object"}})").json, "{}");
  EXPECT_EQ(Read(R"({"response_format":{"type":"text"}})").json, std::nullopt);
}

TEST_F(OpenAiReadAskTest, SeesImagesOfChatAndOfResponses) {
  for (const char* request :
       {R"({"messages":[{"content":[{"type":"image_url",)"
        R"("image_url":{"url":"data:image/png;base64,AAAA"}}]}]})",
        R"({"input":[{"content":[{"type":"input_image",)"
        R"("image_url":"data:image/png;base64,AAAA"}]}]})"}) {
    const Ask ask = Read(request);
    ASSERT_EQ(ask.attachments.size(), 1U) << request;
    EXPECT_EQ(ask.attachments[0].what, "image/png");
    EXPECT_EQ(ask.attachments[0].bytes, 4U);
  }
  const Ask ask = Read(R"({"messages":[{"content":[{"type":"image_url",)"
                       R"("image_url":{"url":"https://a/b.png"}}]}]})");
  EXPECT_EQ(ask.attachments.at(0).what, "https://a/b.png");
  EXPECT_EQ(ask.attachments.at(0).bytes, 0U);
}

TEST_F(OpenAiReadAskTest, ResultsOfTheLastTurnMakeToolsNeedless) {
  EXPECT_THAT(Read(R"({"messages":[{"role":"tool","content":"1"},)"
                   R"({"role":"tool","content":[{"text":"2"}]}],)"
                   R"("tools":[{"function":{"name":"f"}}]})")
                  .results,
              ElementsAre("1", "2"));
  EXPECT_THAT(
      Read(R"({"input":[{"type":"function_call_output","output":"1"}]})")
          .results,
      ElementsAre("1"));
  const Ask later = Read(R"({"messages":[{"role":"tool","content":"1"},)"
                         R"({"role":"user","content":"and?"}],)"
                         R"("tools":[{"function":{"name":"f"}}]})");
  EXPECT_THAT(later.results, IsEmpty());
  EXPECT_EQ(later.tools.size(), 1U);
}

TEST_F(OpenAiReadAskTest, ToolsMayBeForbiddenChosenOrLimitedToOne) {
  EXPECT_THAT(
      Read(R"({"tools":[{"function":{"name":"f"}}],"tool_choice":"none"})")
          .tools,
      IsEmpty());
  EXPECT_THAT(Read(R"({"tools":[{"type":"web_search"}]})").tools, IsEmpty());
  const Ask ask = Read(R"({"tools":[{"type":"function","name":"f"}],)"
                       R"("tool_choice":{"type":"function","name":"f"},)"
                       R"("parallel_tool_calls":false})");
  EXPECT_EQ(ask.tools.size(), 1U);
  EXPECT_EQ(ask.chosen_tool, "f");
  EXPECT_EQ(ask.calls, Ask::Calls::kOne);
}

TEST_F(OpenAiReadAskTest, AStopIsATextOrAList) {
  EXPECT_THAT(Read(R"({"stop":"a"})").stops, ElementsAre("a"));
  EXPECT_THAT(Read(R"({"stop":["a","b",""]})").stops, ElementsAre("a", "b"));
}

}  // namespace
}  // namespace weir::simprovider
