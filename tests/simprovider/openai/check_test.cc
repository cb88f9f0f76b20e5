#include "tests/simprovider/openai/check.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "bench/text/text.h"

namespace weir::simprovider {
namespace {

constexpr std::string_view kCallMessage =
    R"({"role":"assistant","tool_calls":[{"id":"c1","type":"function",)"
    R"("function":{"name":"f","arguments":"{}"}}]})";
constexpr std::string_view kResult =
    R"({"role":"tool","tool_call_id":"c1","content":"x"})";
constexpr std::string_view kWords = R"({"role":"user","content":"Hi"})";

std::string FaultIn(std::string_view messages) {
  simdjson::dom::parser parser;
  return ChatFault(parser.parse(simdjson::padded_string(
                       text::Cat(R"({"messages":[)", messages, "]}"))))
      .value_or("");
}

TEST(OpenAiCheckTest, CallsAndResultsMustFit) {
  EXPECT_EQ(FaultIn(""), "");
  EXPECT_EQ(FaultIn(kWords), "");
  EXPECT_EQ(FaultIn(text::Cat(kCallMessage, ",", kResult, ",", kWords)), "");
  for (const std::string& unanswered :
       {std::string(kCallMessage), text::Cat(kCallMessage, ",", kWords)}) {
    EXPECT_NE(FaultIn(unanswered).find("must be followed by tool messages"),
              std::string::npos);
  }
  for (const std::string& stray :
       {std::string(kResult),
        text::Cat(kCallMessage, ",", kResult, ",", kResult)}) {
    EXPECT_NE(FaultIn(stray).find("must be a response to a preceeding message"),
              std::string::npos);
  }
}

TEST(OpenAiCheckTest, ArgumentsAreText) {
  EXPECT_NE(FaultIn(R"({"role":"assistant","tool_calls":[{"id":"c1",)"
                    R"("function":{"name":"f","arguments":{}}}]})")
                .find("messages[0].tool_calls[].function.arguments"),
            std::string::npos);
}

}  // namespace
}  // namespace weir::simprovider
