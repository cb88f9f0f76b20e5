#include "tests/simprovider/anthropic/check.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "bench/text/text.h"

namespace weir::simprovider {
namespace {

struct CheckCase {
  std::string name;
  // Members after the model and the limit; messages unless they are given.
  std::string members;
  // What the fault mentions; empty: there is none.
  std::string fault;
};

class CheckTest : public ::testing::TestWithParam<CheckCase> {};

TEST_P(CheckTest, NamesTheFault) {
  const bool own = GetParam().members.find("\"messages\"") != std::string::npos;
  const std::string body =
      text::Cat(R"({"model":"m","max_tokens":2000)",
                own ? "" : R"(,"messages":[{"role":"user","content":"Hi"}])",
                GetParam().members.empty() ? "" : ",", GetParam().members, "}");
  simdjson::dom::parser parser;
  const std::string fault =
      FaultOf(parser.parse(simdjson::padded_string(body)), Endpoint::kMessages,
              Strictness::kKnownFieldsOnly)
          .value_or("");
  if (GetParam().fault.empty()) {
    EXPECT_EQ(fault, "");
  } else {
    EXPECT_NE(fault.find(GetParam().fault), std::string::npos) << fault;
  }
}

std::string CallAnd(std::string_view rest) {
  return text::Cat(
      R"("tools":[{"name":"f","input_schema":{"type":"object"}}],)",
      R"("messages":[{"role":"user","content":"Hi"},)",
      R"({"role":"assistant","content":[{"type":"tool_use",)",
      R"("id":"t1","name":"f","input":{}}]})", rest, "]");
}

std::string Content(std::string_view block) {
  return text::Cat(R"("messages":[{"role":"user","content":[)", block, "]}]");
}

INSTANTIATE_TEST_SUITE_P(
    Table, CheckTest,
    ::testing::ValuesIn<CheckCase>({
        {"Plain", "", ""},
        {"UnknownField", R"("n":1)", "n: Extra inputs are not permitted"},
        {"NoMessages", R"("messages":[])", "at least one message"},
        {"OddRole", R"("messages":[{"role":"tool","content":"x"}])",
         "messages.0.role"},
        {"EmptyText", Content(R"({"type":"text","text":""})"), "non-empty"},
        {"OddBlock", Content(R"({"type":"image_url"})"),
         "messages.0.content.0"},
        {"OddImage",
         Content(R"({"type":"image","source":{"type":"base64",)"
                 R"("media_type":"image/bmp","data":"AA"}})"),
         "messages.0.content.0.source.base64.media_type"},
        {"ForgedThought",
         R"("messages":[{"role":"user","content":"a"},{"role":"assistant",)"
         R"("content":[{"type":"thinking","thinking":"x","signature":"y"}]}])",
         "messages.1.content.0: Invalid `signature`"},
        {"AssistantFirst", R"("messages":[{"role":"assistant","content":"a"}])",
         "first message"},
        {"Warm", R"("temperature":1.5)", "temperature: range"},
        {"BlankStop", R"("stop_sequences":["\n"])", "non-whitespace"},
        {"SmallBudget", R"("thinking":{"type":"enabled","budget_tokens":1000})",
         "greater than or equal to 1024"},
        {"LargeBudget", R"("thinking":{"type":"enabled","budget_tokens":2000})",
         "must be greater than `thinking.budget_tokens`"},
        {"WarmThought",
         R"("temperature":0.5,"thinking":{"type":"enabled",)"
         R"("budget_tokens":1024})",
         "`temperature` may only"},
        {"Adaptive", R"("thinking":{"type":"adaptive"})", ""},
        {"ToolWithoutSchema", R"("tools":[{"name":"f"}])",
         "tools.0.custom.input_schema: Field required"},
        {"ToolOfOddName",
         R"("tools":[{"name":"a.b","input_schema":{"type":"object"}}])",
         "tools.0.custom.name"},
        {"HostedTool",
         R"("tools":[{"type":"web_search_20250305","name":"web_search"}])", ""},
        {"ChoiceWithoutTools", R"("tool_choice":{"type":"auto"})",
         "tool_choice"},
        {"ChoiceInOpenAisWords",
         R"("tools":[{"name":"f","input_schema":{"type":"object"}}],)"
         R"("tool_choice":"required")",
         "tool_choice"},
        {"Answered",
         CallAnd(R"(,{"role":"user","content":[{"type":"tool_result",)"
                 R"("tool_use_id":"t1","content":"x"}]})"),
         ""},
        {"Unanswered", CallAnd(R"(,{"role":"user","content":"and?"})"),
         "messages.1: `tool_use` ids were found without"},
        {"AnswerToNothing",
         CallAnd(
             R"(,{"role":"user","content":[)"
             R"({"type":"tool_result","tool_use_id":"t1","content":"x"},)"
             R"({"type":"tool_result","tool_use_id":"t2","content":"x"}]})"),
         "messages.2.content: unexpected `tool_use_id`"},
        {"CallsWithoutTools",
         R"("messages":[{"role":"user","content":"a"},{"role":"assistant",)"
         R"("content":[{"type":"tool_use","id":"t","name":"f","input":{}}]}])",
         "must define tools"},
        {"OddCallId",
         R"("messages":[{"role":"user","content":"a"},{"role":"assistant",)"
         R"("content":[{"type":"tool_use","id":"t.1","name":"f","input":{}}]}])",
         "tool_use.id"},
        {"EmptySystem", R"("system":[{"type":"text","text":""}])", "system"},
    }),
    [](const auto& tested) { return tested.param.name; });

TEST(CheckEndpointTest, OnlyMessagesNeedALimit) {
  simdjson::dom::parser parser;
  const simdjson::dom::element request =
      parser.parse(simdjson::padded_string(std::string_view(
          R"({"model":"m","messages":[{"role":"user","content":"a"}]})")));
  EXPECT_EQ(FaultOf(request, Endpoint::kMessages, Strictness::kKnownFieldsOnly),
            "max_tokens: Field required");
  EXPECT_EQ(
      FaultOf(request, Endpoint::kCountTokens, Strictness::kKnownFieldsOnly),
      std::nullopt);
}

}  // namespace
}  // namespace weir::simprovider
