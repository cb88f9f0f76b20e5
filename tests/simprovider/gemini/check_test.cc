#include "tests/simprovider/gemini/check.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "bench/text/text.h"

namespace weir::simprovider {
namespace {

struct CheckCase {
  std::string name;
  // Of the request; contents unless they are given.
  std::string members;
  // What the fault mentions; empty: there is none.
  std::string fault;
};

class GeminiCheckTest : public ::testing::TestWithParam<CheckCase> {};

TEST_P(GeminiCheckTest, NamesTheFault) {
  const bool own = GetParam().members.find("\"contents\"") != std::string::npos;
  const std::string body =
      own ? text::Cat("{", GetParam().members, "}")
          : text::Cat(R"({"contents":[{"parts":[{"text":"Hi"}]}])",
                      GetParam().members.empty() ? "" : ",", GetParam().members,
                      "}");
  simdjson::dom::parser parser;
  const std::string fault =
      GeminiFault(parser.parse(simdjson::padded_string(body))).value_or("");
  if (GetParam().fault.empty()) {
    EXPECT_EQ(fault, "");
  } else {
    EXPECT_NE(fault.find(GetParam().fault), std::string::npos) << fault;
  }
}

std::string Function(std::string_view members) {
  return text::Cat(R"("tools":[{"functionDeclarations":[{"name":"f",)", members,
                   "}]}]");
}

std::string Turns(std::string_view turns) {
  return text::Cat(R"("contents":[{"role":"user","parts":[{"text":"Hi"}]},)",
                   turns, "]");
}

constexpr std::string_view kCall =
    R"({"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]})";

INSTANTIATE_TEST_SUITE_P(
    Table, GeminiCheckTest,
    ::testing::ValuesIn<CheckCase>({
        {"Plain", "", ""},
        {"EitherCase", R"("system_instruction":{"parts":[{"text":"a"}]})", ""},
        {"UnknownField", R"("messages":[])", R"(Unknown name "messages")"},
        {"UnknownConfig", R"("generationConfig":{"max_tokens":1})",
         R"(Unknown name "max_tokens" at 'generation_config')"},
        {"NoContents", R"("contents":[])", "contents is not specified"},
        {"OddRole", Turns(R"({"role":"assistant","parts":[{"text":"a"}]})"),
         "valid role: user, model"},
        {"NoParts", Turns(R"({"role":"user","parts":[]})"),
         "contents[1].parts: contents.parts must not be empty"},
        {"EmptyPart", Turns(R"({"role":"user","parts":[{}]})"),
         "required oneof field 'data'"},
        {"OddPart", Turns(R"({"role":"user","parts":[{"type":"text"}]})"),
         R"(Unknown name "type" at 'contents[1].parts[0]')"},
        {"ModelFirst",
         R"("contents":[{"role":"model","parts":[{"text":"a"}]}])",
         "start with a user turn"},
        {"Warm", R"("generationConfig":{"temperature":2.5})", "temperature"},
        {"ManyStops",
         R"("generationConfig":{"stopSequences":["1","2","3","4","5","6"]})",
         "at most 5"},
        {"SchemaWithoutType",
         R"("generationConfig":{"responseSchema":{"type":"OBJECT"}})",
         "response mime type"},
        {"Parameters", Function(R"("parameters":{"type":"object"})"), ""},
        {"JsonSchemaInParameters",
         Function(R"("parameters":{"type":"object","properties":)"
                  R"({"a":{"type":"object","additionalProperties":false}}})"),
         R"(Unknown name "additionalProperties" at )"
         R"('tools[0].function_declarations[0].parameters.properties[a]')"},
        {"JsonSchemaInItsPlace",
         Function(R"("parametersJsonSchema":{"additionalProperties":false})"),
         ""},
        {"ManyTypes", Function(R"("parameters":{"type":["string","null"]})"),
         "cannot start list"},
        {"OpenAisTool", R"("tools":[{"type":"function"}])",
         R"(Unknown name "type" at 'tools[0]')"},
        {"OddName", R"("tools":[{"functionDeclarations":[{"name":"1 a"}]}])",
         "Invalid function name"},
        {"AllowedInAuto",
         R"("toolConfig":{"functionCallingConfig":{"mode":"AUTO",)"
         R"("allowedFunctionNames":["f"]}})",
         "allowed_function_names"},
        {"Answered",
         Turns(text::Cat(kCall,
                         R"(,{"role":"user","parts":[{"functionResponse":)"
                         R"({"name":"f","response":{}}}]})")),
         ""},
        {"Unanswered", Turns(kCall), "followed by its responses"},
        {"AnsweredByWords",
         Turns(text::Cat(kCall, R"(,{"role":"user","parts":[{"text":"a"}]})")),
         "number of function response parts"},
        {"AnsweredByAnother",
         Turns(text::Cat(kCall,
                         R"(,{"role":"user","parts":[{"functionResponse":)"
                         R"({"name":"g","response":{}}}]})")),
         "names of the functions"},
        {"ResponseIsText",
         Turns(text::Cat(kCall,
                         R"(,{"role":"user","parts":[{"functionResponse":)"
                         R"({"name":"f","response":"21"}}]})")),
         "google.protobuf.Struct"},
        {"ForgedSignature",
         Turns(R"({"role":"model","parts":[{"functionCall":{"name":"f"},)"
               R"("thoughtSignature":"x"}]})"),
         "Thought signature"},
    }),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace weir::simprovider
