// What can't be said in another API, from each caller to each provider: a 400
// in the caller's dialect that names the place in the caller's words. What one
// API lacks is no fault of a request for those that have it.
#include <simdjson.h>

#include <ostream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/concat.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/dialect.h"
#include "gtest/gtest.h"

namespace weir::dialect {
namespace {

enum class Caller { kChat, kResponses, kMessages, kGenerate };

const ClientApi& ApiOf(Caller caller) {
  switch (caller) {
    case Caller::kChat:
      return OpenAi();
    case Caller::kResponses:
      return OpenAiResponses();
    case Caller::kMessages:
      return Anthropic();
    case Caller::kGenerate:
      break;
  }
  return Gemini();
}

// Whose errors the caller reads.
const Dialect& DialectOf(Caller caller) {
  if (caller == Caller::kMessages) return Anthropic();
  return caller == Caller::kGenerate ? Gemini() : OpenAi();
}

struct Flaw {
  std::string name;
  Caller caller;
  std::string body;
  // Where it stands.
  std::string path;
  // The providers that can't take it, by the first letters of their dialects.
  std::string_view refused_by = "oag";
};
void PrintTo(const Flaw& flaw, std::ostream* out) { *out << flaw.body; }

// What the caller reads; empty where the request can be said.
std::string MessageOf(const Flaw& flaw, const Dialect& target) {
  const auto read = ApiOf(flaw.caller).ReadRequest(flaw.body, Delivery::kWhole);
  const auto* error = std::get_if<ApiError>(&read);
  canonical::WriteResult written;
  if (error == nullptr) {
    written =
        target.WriteRequest(std::get<canonical::Request>(read), {"m", 100});
    error = std::get_if<ApiError>(&written);
  }
  if (error == nullptr) return {};
  EXPECT_EQ(error->status, 400);
  const std::string body = DialectOf(flaw.caller).ErrorBody(*error);
  simdjson::dom::parser parser;
  std::string_view message;
  EXPECT_FALSE(parser.parse(body).at_pointer("/error/message").get(message))
      << body;
  return std::string(message);
}

class UntranslatableTest : public ::testing::TestWithParam<Flaw> {};

TEST_P(UntranslatableTest, IsRefusedByItsPathWhereItCannotBeSaid) {
  for (const Dialect* target : {&OpenAi(), &Anthropic(), &Gemini()}) {
    if (target == &DialectOf(GetParam().caller)) continue;
    SCOPED_TRACE(target->name());
    const std::string message = MessageOf(GetParam(), *target);
    const bool refused =
        GetParam().refused_by.find(target->name()[0]) != std::string_view::npos;
    if (refused) {
      EXPECT_EQ(message.substr(0, GetParam().path.size() + 3),
                Concat("`", GetParam().path, "` "));
    } else {
      EXPECT_EQ(message, "");
    }
  }
}

// One request of each API, with `what` where its turns or its fields stand.
std::string ChatOf(const std::string& turns, const std::string& fields = "") {
  return R"({"messages":[)" + turns + "]" + fields + "}";
}
std::string InputOf(const std::string& items, const std::string& fields = "") {
  return R"({"input":[)" + items + "]" + fields + "}";
}
std::string ContentsOf(const std::string& turns,
                       const std::string& fields = "") {
  return R"({"contents":[)" + turns + "]" + fields + "}";
}
// The user's turn with one part, behind a text.
std::string ChatPart(const std::string& part) {
  return ChatOf(R"({"role":"user","content":[{"type":"text","text":"a"},)" +
                part + "]}");
}
std::string InputPart(const std::string& part) {
  return InputOf(
      R"({"role":"user","content":[{"type":"input_text","text":"a"},)" + part +
      "]}");
}
std::string ContentPart(const std::string& part) {
  return ContentsOf(R"({"role":"user","parts":[{"text":"a"},)" + part + "]}");
}
std::string Image(const std::string& type) {
  return R"("data:image/)" + type + R"(;base64,AAAA")";
}
std::string ChatImage(const std::string& url) {
  return ChatPart(R"({"type":"image_url","image_url":{"url":)" + url + "}}");
}
std::string InputImage(const std::string& url) {
  return InputPart(R"({"type":"input_image","image_url":)" + url + "}");
}
std::string MessagesImage(const std::string& type) {
  return ChatPart(R"({"type":"image","source":{"type":"base64","data":"AAAA",)"
                  R"("media_type":"image/)" +
                  type + R"("}})");
}
std::string GenerateImage(const std::string& type) {
  return ContentPart(R"({"inlineData":{"data":"AAAA","mimeType":"image/)" +
                     type + R"("}})");
}

constexpr Caller kChat = Caller::kChat;
constexpr Caller kResponses = Caller::kResponses;
constexpr Caller kMessages = Caller::kMessages;
constexpr Caller kGenerate = Caller::kGenerate;

std::string NameOf(const ::testing::TestParamInfo<Flaw>& test) {
  constexpr std::string_view kNames[] = {"Chat", "Responses", "Messages",
                                         "Generate"};
  return Concat(test.param.name, "Of",
                kNames[static_cast<int>(test.param.caller)]);
}

INSTANTIATE_TEST_SUITE_P(
    Turns, UntranslatableTest,
    ::testing::ValuesIn<Flaw>({
        {"ResultWithoutItsCall", kChat,
         ChatOf(R"({"role":"tool","tool_call_id":"a","content":"x"})"),
         "messages[0]"},
        {"ResultWithoutItsCall", kResponses,
         InputOf(
             R"({"type":"function_call_output","call_id":"a","output":""})"),
         "input[0]"},
        {"ResultWithoutItsCall", kMessages,
         ChatPart(R"({"type":"tool_result","tool_use_id":"a"})"),
         "messages[0].content[1]"},
        {"ResultWithoutItsCall", kGenerate,
         ContentPart(R"({"functionResponse":{"name":"f","response":{}}})"),
         "contents[0].parts[1].functionResponse"},
        {"ArgumentsThatAreNoObject", kChat,
         ChatOf(R"({"role":"assistant","tool_calls":[{"id":"a","function":)"
                R"({"name":"f","arguments":"[]"}}]})"),
         "messages[0].tool_calls[0].function"},
        {"ArgumentsThatAreNoObject", kResponses,
         InputOf(R"({"type":"function_call","call_id":"a","name":"f",)"
                 R"("arguments":"[]"})"),
         "input[0]"},
        {"ArgumentsThatAreNoObject", kMessages,
         ChatOf(R"({"role":"assistant","content":[{"type":"tool_use","id":"a",)"
                R"("name":"f","input":[]}]})"),
         "messages[0].content[0].input"},
        {"ArgumentsThatAreNoObject", kGenerate,
         ContentsOf(R"({"role":"model","parts":[{"functionCall":{"name":"f",)"
                    R"("args":[]}}]})"),
         "contents[0].parts[0].functionCall.args"},
        {"UnknownRole", kChat, ChatOf(R"({"role":"robot","content":""})"),
         "messages[0]"},
        {"UnknownRole", kResponses, InputOf(R"({"role":"robot","content":""})"),
         "input[0]"},
        {"UnknownRole", kMessages, ChatOf(R"({"role":"robot","content":""})"),
         "messages[0]"},
        {"UnknownRole", kGenerate, ContentsOf(R"({"role":"robot","parts":[]})"),
         "contents[0]"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Media, UntranslatableTest,
    ::testing::ValuesIn<Flaw>({
        {"Bitmap", kChat, ChatImage(Image("bmp")), "messages[0].content[1]"},
        {"Bitmap", kResponses, InputImage(Image("bmp")), "input[0].content[1]"},
        {"Bitmap", kMessages, MessagesImage("bmp"), "messages[0].content[1]"},
        {"Bitmap", kGenerate, GenerateImage("bmp"), "contents[0].parts[1]"},
        {"Gif", kChat, ChatImage(Image("gif")), "messages[0].content[1]", "g"},
        {"Gif", kResponses, InputImage(Image("gif")), "input[0].content[1]",
         "g"},
        {"Gif", kMessages, MessagesImage("gif"), "messages[0].content[1]", "g"},
        {"Heic", kGenerate, GenerateImage("heic"), "contents[0].parts[1]",
         "oa"},
        // By a name that IANA does not know.
        {"Jpg", kChat, ChatImage(Image("jpg")), "", ""},
        {"Jpg", kGenerate, GenerateImage("jpg"), "", ""},
        {"FileOfTheNode", kChat, ChatImage(R"("file:///etc/passwd")"),
         "messages[0].content[1].image_url"},
        {"FileOfTheNode", kResponses, InputImage(R"("file:///etc/passwd")"),
         "input[0].content[1]"},
        {"FileOfTheNode", kMessages,
         ChatPart(R"({"type":"image","source":{"type":"url",)"
                  R"("url":"file:///etc/passwd"}})"),
         "messages[0].content[1].source"},
        {"FileOfTheNode", kGenerate,
         ContentPart(R"({"fileData":{"fileUri":"file:///etc/passwd"}})"),
         "contents[0].parts[1].fileData"},
        {"KeptAtTheVendor", kChat,
         ChatPart(R"({"type":"file","file":{"file_id":"f"}})"),
         "messages[0].content[1].file"},
        {"KeptAtTheVendor", kResponses,
         InputPart(R"({"type":"input_file","file_id":"f"})"),
         "input[0].content[1]"},
        {"KeptAtTheVendor", kMessages,
         ChatPart(R"({"type":"image","source":{"type":"file","file_id":"f"}})"),
         "messages[0].content[1].source"},
        {"KeptAtTheVendor", kGenerate,
         ContentPart(R"({"fileData":{"fileUri":"gs://bucket/a"}})"),
         "contents[0].parts[1].fileData"},
        {"Sound", kChat,
         ChatPart(R"({"type":"input_audio","input_audio":{"data":"SUQz",)"
                  R"("format":"mp3"}})"),
         "messages[0].content[1]", "a"},
        {"Sound", kResponses,
         InputPart(R"({"type":"input_audio","input_audio":{"data":"SUQz",)"
                   R"("format":"mp3"}})"),
         "input[0].content[1]", "a"},
        {"Sound", kGenerate,
         ContentPart(
             R"({"inlineData":{"mimeType":"audio/flac","data":"AA=="}})"),
         "contents[0].parts[1]", "oa"},
        {"Video", kGenerate,
         ContentPart(
             R"({"inlineData":{"mimeType":"video/mp4","data":"AAA="}})"),
         "contents[0].parts[1]", "oa"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Tools, UntranslatableTest,
    ::testing::ValuesIn<Flaw>({
        {"RunsAtTheVendor", kChat,
         ChatOf("", R"(,"tools":[{"type":"custom"}])"), "tools[0]"},
        {"RunsAtTheVendor", kResponses,
         InputOf("", R"(,"tools":[{"type":"web_search"}])"), "tools[0]"},
        {"RunsAtTheVendor", kMessages,
         ChatOf("",
                R"(,"tools":[{"type":"web_search_20250305","name":"web"}])"),
         "tools[0]"},
        {"RunsAtTheVendor", kGenerate,
         ContentsOf("", R"(,"tools":[{"googleSearch":{}}])"),
         "tools[0].googleSearch"},
        {"NameWithABlank", kChat,
         ChatOf("",
                R"(,"tools":[{"type":"function","function":{"name":"a b"}}])"),
         "tools[0]"},
        {"NameWithABlank", kResponses,
         InputOf("", R"(,"tools":[{"type":"function","name":"a b"}])"),
         "tools[0]"},
        {"NameWithABlank", kMessages,
         ChatOf("", R"(,"tools":[{"name":"a b","input_schema":{}}])"),
         "tools[0]"},
        {"NameWithABlank", kGenerate,
         ContentsOf("",
                    R"(,"tools":[{"functionDeclarations":[{"name":"a b"}]}])"),
         "tools[0].functionDeclarations[0]"},
        {"NameWithADot", kGenerate,
         ContentsOf("",
                    R"(,"tools":[{"functionDeclarations":[{"name":"a.b"}]}])"),
         "tools[0].functionDeclarations[0]", "oa"},
        {"NameThatBeginsWithADigit", kMessages,
         ChatOf("", R"(,"tools":[{"name":"1a","input_schema":{}}])"),
         "tools[0]", "g"},
        {"NameOf65Letters", kMessages,
         ChatOf("", R"(,"tools":[{"input_schema":{},"name":")" +
                        std::string(65, 'a') + R"("}])"),
         "tools[0]", "og"},
        {"ChoiceOfNoTool", kChat,
         ChatOf("", R"(,"tool_choice":{"type":"function","function":)"
                    R"({"name":"f"}})"),
         "tool_choice"},
        {"ChoiceOfNoTool", kResponses,
         InputOf("", R"(,"tool_choice":{"type":"function","name":"f"})"),
         "tool_choice"},
        {"ChoiceOfNoTool", kMessages,
         ChatOf("", R"(,"tool_choice":{"type":"tool","name":"f"})"),
         "tool_choice"},
        {"ChoiceOfNoTool", kGenerate,
         ContentsOf("", R"(,"toolConfig":{"functionCallingConfig":)"
                        R"({"mode":"ANY","allowedFunctionNames":["f"]}})"),
         "toolConfig.functionCallingConfig"},
        {"SchemaThatIsNone", kChat,
         ChatOf("", R"(,"tools":[{"type":"function","function":{"name":"f",)"
                    R"("parameters":[]}}])"),
         "tools[0].function.parameters"},
        {"SchemaThatIsNone", kResponses,
         InputOf("", R"(,"tools":[{"type":"function","name":"f",)"
                     R"("parameters":[]}])"),
         "tools[0].parameters"},
        {"SchemaThatIsNone", kMessages,
         ChatOf("", R"(,"tools":[{"name":"f","input_schema":[]}])"),
         "tools[0].input_schema"},
        {"SchemaThatIsNone", kGenerate,
         ContentsOf("", R"(,"tools":[{"functionDeclarations":[{"name":"f",)"
                        R"("parameters":[]}]}])"),
         "tools[0].functionDeclarations[0].parameters"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Fields, UntranslatableTest,
    ::testing::ValuesIn<Flaw>({
        {"TemperatureThatIsNone", kChat, ChatOf("", R"(,"temperature":"hot")"),
         "temperature"},
        {"TemperatureThatIsNone", kResponses,
         InputOf("", R"(,"temperature":"hot")"), "temperature"},
        {"TemperatureThatIsNone", kMessages,
         ChatOf("", R"(,"temperature":"hot")"), "temperature"},
        {"TemperatureThatIsNone", kGenerate,
         ContentsOf("", R"(,"generationConfig":{"temperature":"hot"})"),
         "generationConfig.temperature"},
        {"SeveralAnswers", kChat, ChatOf("", R"(,"n":2)"), "n"},
        {"SeveralAnswers", kGenerate,
         ContentsOf("", R"(,"generationConfig":{"candidateCount":2})"),
         "generationConfig.candidateCount"},
        {"LogProbabilities", kChat, ChatOf("", R"(,"logprobs":true)"),
         "logprobs", "a"},
        {"LogProbabilities", kResponses,
         InputOf("", R"(,"include":["message.output_text.logprobs"])"),
         "include[0]", "a"},
        {"LogProbabilities", kGenerate,
         ContentsOf("", R"(,"generationConfig":{"responseLogprobs":true})"),
         "generationConfig.responseLogprobs", "a"},
        {"FiveStops", kMessages,
         ChatOf("", R"(,"stop_sequences":["a","b","c","d","e"])"),
         "stop_sequences", "o"},
        {"SixStops", kMessages,
         ChatOf("", R"(,"stop_sequences":["a","b","c","d","e","f"])"),
         "stop_sequences", "og"},
        {"SchemaOfTheAnswerThatIsNone", kChat,
         ChatOf("", R"(,"response_format":{"type":"json_schema",)"
                    R"("json_schema":{"name":"a","schema":[]}})"),
         "response_format.json_schema.schema"},
        {"SchemaOfTheAnswerThatIsNone", kResponses,
         InputOf("", R"(,"text":{"format":{"type":"json_schema","name":"a",)"
                     R"("schema":[]}})"),
         "text.format.schema"},
        {"SchemaOfTheAnswerThatIsNone", kMessages,
         ChatOf("", R"(,"output_config":{"format":{"type":"json_schema",)"
                    R"("schema":[]}})"),
         "output_config.format.schema"},
        {"SchemaOfTheAnswerThatIsNone", kGenerate,
         ContentsOf("", R"(,"generationConfig":{"responseJsonSchema":[]})"),
         "generationConfig.responseJsonSchema"},
        {"SchemaOfOpenApiThatIsNone", kGenerate,
         ContentsOf("", R"(,"generationConfig":{"responseSchema":[]})"),
         "generationConfig.responseSchema"},
    }),
    NameOf);

}  // namespace
}  // namespace weir::dialect
