// What a request gets that is malformed, or has what no other API has: a 400
// that says where.
#include <string>
#include <string_view>
#include <variant>

#include "common/concat.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/dialect.h"
#include "gtest/gtest.h"

namespace weir::dialect {
namespace {

struct RefusalCase {
  std::string name;
  const ClientApi* from;
  std::string body;
  // `PATH` and what is said of it.
  std::string want;
};

class RequestRefusalTest : public ::testing::TestWithParam<RefusalCase> {};

TEST_P(RequestRefusalTest, NamesThePlace) {
  const auto read =
      GetParam().from->ReadRequest(GetParam().body, Delivery::kWhole);
  const auto* error = std::get_if<ApiError>(&read);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->status, 400);
  EXPECT_EQ(error->code, "invalid_request");
  EXPECT_EQ(error->message, GetParam().want);
}

std::string Chat(const std::string& messages) {
  return R"({"messages":[)" + messages + "]}";
}
std::string Contents(const std::string& parts) {
  return R"({"contents":[{"parts":[)" + parts + "]}]}";
}
std::string Blocks(const std::string& blocks) {
  return Chat(R"({"role":"user","content":[)" + blocks + "]}");
}

INSTANTIATE_TEST_SUITE_P(
    OpenAi, RequestRefusalTest,
    ::testing::ValuesIn<RefusalCase>({
        {"NoMessages", &OpenAi(), "{}", "`messages` is missing."},
        {"NotAnObject", &OpenAi(), "[]", "The request body must be an object."},
        {"BigNumber", &OpenAi(), R"({"seed":123456789012345678901234})",
         "The request body holds a number that is too large, or nests too "
         "deep."},
        {"MessagesOfAnotherType", &OpenAi(), R"({"messages":"hi"})",
         "`messages` must be an array."},
        {"Role", &OpenAi(), Chat(R"({"role":"robot","content":""})"),
         "`messages[0]` has a `role` that is not system, developer, user, "
         "assistant or tool."},
        {"NoRole", &OpenAi(), Chat(R"({"content":""})"),
         "`messages[0]` needs a `role`."},
        {"ContentOfAnotherType", &OpenAi(),
         Chat(R"({"role":"user","content":7})"),
         "`messages[0].content` must be an array."},
        {"UnknownPart", &OpenAi(),
         Chat(R"({"role":"user","content":[{"type":"text","text":"a"},)"
              R"({"type":"smell"}]})"),
         "`messages[0].content[1]` is of a type that is not known."},
        {"ImageWithoutAddress", &OpenAi(),
         Blocks(R"({"type":"image_url","image_url":{"url":"file:///etc"}})"),
         "`messages[0].content[0].image_url` needs a `url` with http(s) or "
         "base64 data in it."},
        {"FileThatIsElsewhere", &OpenAi(),
         Blocks(R"({"type":"file","file":{"file_id":"file-1"}})"),
         "`messages[0].content[0].file` names a file that only OpenAI has."},
        {"ArgumentsThatAreNoJson", &OpenAi(),
         Chat(R"({"role":"assistant","tool_calls":[{"id":"a","function":)"
              R"({"name":"f","arguments":"{"}}]})"),
         "`messages[0].tool_calls[0].function` needs `arguments` that are a "
         "JSON object."},
        {"ResultWithoutItsCall", &OpenAi(),
         Chat(R"({"role":"tool","tool_call_id":"a","content":"x"})"),
         "`messages[0]` answers a tool call that is not there."},
        {"TwoResultsOfACall", &OpenAi(),
         R"({"messages":[{"role":"assistant","tool_calls":[{"id":"a",)"
         R"("function":{"name":"f","arguments":""}}]},)"
         R"({"role":"tool","tool_call_id":"a","content":"x"},)"
         R"({"role":"tool","tool_call_id":"a","content":"y"}]})",
         "`messages[2]` answers a tool call that is not there."},
        {"SeveralAnswers", &OpenAi(), R"({"n":2,"messages":[]})",
         "`n` asks for several answers, which are not translated."},
        {"AlternativesOfNothing", &OpenAi(),
         R"({"top_logprobs":1,"messages":[]})",
         "`top_logprobs` needs `logprobs` to be true."},
        {"TooManyAlternatives", &OpenAi(),
         R"({"logprobs":true,"top_logprobs":21,"messages":[]})",
         "`top_logprobs` must be at most 20."},
        {"Bias", &OpenAi(), R"({"logit_bias":{"1":-100},"messages":[]})",
         "`logit_bias` is not empty, and only OpenAI's API can be told so."},
        {"OldFunctions", &OpenAi(), R"({"functions":[],"messages":[]})",
         "`functions` has no counterpart in the APIs of the model's "
         "providers."},
        {"OtherTool", &OpenAi(),
         R"({"tools":[{"type":"custom"}],"messages":[]})",
         "`tools[0]` is no function, and other tools are OpenAI's alone."},
        {"SpokenAnswer", &OpenAi(),
         R"({"modalities":["text","audio"],"messages":[]})",
         "`modalities[1]` asks for more than text."},
        {"TemperatureOfAnotherType", &OpenAi(),
         R"({"temperature":"hot","messages":[]})",
         "`temperature` must be a number."},
    }),
    [](const auto& test) { return test.param.name; });

std::string Input(const std::string& items) {
  return R"({"input":[)" + items + "]}";
}
std::string Said(const std::string& parts) {
  return Input(R"({"role":"user","content":[)" + parts + "]}");
}

INSTANTIATE_TEST_SUITE_P(
    Responses, RequestRefusalTest,
    ::testing::ValuesIn<RefusalCase>({
        {"NoInput", &OpenAiResponses(), "{}", "`input` is missing."},
        {"InputOfAnotherType", &OpenAiResponses(), R"({"input":7})",
         "`input` must be an array."},
        {"PreviousResponse", &OpenAiResponses(),
         R"({"input":"a","previous_response_id":"resp_1"})",
         "`previous_response_id` names an answer that only OpenAI can have "
         "kept: `input` must hold the conversation."},
        {"Conversation", &OpenAiResponses(),
         R"({"input":"a","conversation":"conv_1"})",
         "`conversation` has no counterpart in the APIs of the model's "
         "providers."},
        {"Background", &OpenAiResponses(), R"({"input":"a","background":true})",
         "`background` asks for an answer to fetch later, which only OpenAI "
         "has."},
        {"ToolThatRunsThere", &OpenAiResponses(),
         R"({"input":"a","tools":[{"type":"web_search"}]})",
         "`tools[0]` is no function, and other tools are OpenAI's alone."},
        {"ToolWithoutAName", &OpenAiResponses(),
         R"({"input":"a","tools":[{"type":"function"}]})",
         "`tools[0]` needs a `name`."},
        {"NamespaceWithoutAName", &OpenAiResponses(),
         R"({"input":"a","tools":[{"type":"namespace","tools":[]}]})",
         "`tools[0]` needs a `name`."},
        {"NameTooLongWithItsNamespace", &OpenAiResponses(),
         Concat(R"({"input":"a","tools":[{"type":"namespace","name":"mcp",)",
                R"("tools":[{"type":"function","name":")", std::string(60, 'n'),
                R"("}]}]})"),
         "`tools[0].tools[0]` has a name that is longer than 64 letters "
         "together with its namespace's, and other APIs know no namespaces."},
        {"NameOfTwoTools", &OpenAiResponses(),
         R"({"input":"a","tools":[{"type":"function","name":"a__b"},)"
         R"({"type":"namespace","name":"a","tools":[)"
         R"({"type":"function","name":"b"}]}]})",
         "`tools[1].tools[0]` has the name of another tool together with its "
         "namespace's, and other APIs know no namespaces."},
        {"TextToolWithoutAName", &OpenAiResponses(),
         R"({"input":"a","tools":[{"type":"custom"}]})",
         "`tools[0]` needs a `name`."},
        {"TextResultWithoutItsCall", &OpenAiResponses(),
         Input(R"({"type":"custom_tool_call_output","call_id":"a",)"
               R"("output":""})"),
         "`input[0]` answers a tool call that is not there."},
        {"ChoiceOfAnotherTool", &OpenAiResponses(),
         R"({"input":"a","tool_choice":{"type":"web_search"}})",
         "`tool_choice` names no function, and no other API can be told so."},
        {"ItemThatIsElsewhere", &OpenAiResponses(),
         Input(R"({"type":"item_reference","id":"msg_1"})"),
         "`input[0]` refers to an item that only OpenAI can have kept: it must "
         "stand here itself (with `store` false, clients send it)."},
        {"ItemOfOpenAis", &OpenAiResponses(),
         Input(R"({"type":"web_search_call","id":"ws_1"})"),
         "`input[0]` is of a type that only OpenAI's API has."},
        {"ResultWithoutItsCall", &OpenAiResponses(),
         Input(R"({"type":"function_call_output","call_id":"a","output":""})"),
         "`input[0]` answers a tool call that is not there."},
        {"ArgumentsThatAreNoJson", &OpenAiResponses(),
         Input(R"({"type":"function_call","call_id":"a","name":"f",)"
               R"("arguments":"{"})"),
         "`input[0]` needs `arguments` that are a JSON object."},
        {"FileThatIsElsewhere", &OpenAiResponses(),
         Said(R"({"type":"input_image","file_id":"file-1"})"),
         "`input[0].content[0]` names a file that only OpenAI has."},
        {"ImageWithoutAddress", &OpenAiResponses(),
         Said(R"({"type":"input_image","image_url":"file:///etc"})"),
         "`input[0].content[0]` needs an `image_url` with http(s) or base64 "
         "data in it."},
        {"PictureAsInstructions", &OpenAiResponses(),
         Input(R"({"role":"developer","content":[{"type":"input_image",)"
               R"("image_url":"https://a/b.png"}]})"),
         "`input[0].content[0]` must be text, as all instructions are."},
        {"TooManyAlternatives", &OpenAiResponses(),
         R"({"input":"a","top_logprobs":21})",
         "`top_logprobs` must be at most 20."},
        {"Format", &OpenAiResponses(),
         R"({"input":"a","text":{"format":{"type":"grammar"}}})",
         "`text.format` must be of type text, json_object or json_schema."},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Anthropic, RequestRefusalTest,
    ::testing::ValuesIn<RefusalCase>({
        {"NoMessages", &Anthropic(), R"({"max_tokens":1})",
         "`messages` is missing."},
        {"Role", &Anthropic(), Chat(R"({"role":"tool","content":""})"),
         "`messages[0]` has a `role` that is not user or assistant."},
        {"OwnBlock", &Anthropic(), Blocks(R"({"type":"server_tool_use"})"),
         "`messages[0].content[0]` is of a type that only Anthropic's API "
         "has."},
        {"OwnFile", &Anthropic(),
         Blocks(R"({"type":"image","source":{"type":"file","file_id":"f"}})"),
         "`messages[0].content[0].source` is kept at Anthropic's, or of a type "
         "that is not known."},
        {"AddressOfAnotherKind", &Anthropic(),
         Blocks(
             R"({"type":"image","source":{"type":"url","url":"file:///a"}})"),
         "`messages[0].content[0].source` needs a `url` with http(s)."},
        {"ResultWithoutItsCall", &Anthropic(),
         Blocks(R"({"type":"tool_result","tool_use_id":"a","content":"x"})"),
         "`messages[0].content[0]` answers a tool call that is not there."},
        {"TwoResultsOfACall", &Anthropic(),
         R"({"messages":[{"role":"assistant","content":[{"type":"tool_use",)"
         R"("id":"a","name":"f","input":{}}]},{"role":"user","content":[)"
         R"({"type":"tool_result","tool_use_id":"a","content":"x"},)"
         R"({"type":"tool_result","tool_use_id":"a","content":"y"}]}]})",
         "`messages[1].content[1]` answers a tool call that is not there."},
        {"TwoResultsInTwoTurns", &Anthropic(),
         R"({"messages":[{"role":"assistant","content":[{"type":"tool_use",)"
         R"("id":"a","name":"f","input":{}}]},{"role":"user","content":[)"
         R"({"type":"tool_result","tool_use_id":"a","content":"x"}]},)"
         R"({"role":"user","content":[)"
         R"({"type":"tool_result","tool_use_id":"a","content":"y"}]}]})",
         "`messages[2].content[0]` answers a tool call that is not there."},
        {"CallOfTheUser", &Anthropic(),
         Blocks(R"({"type":"tool_use","id":"a","name":"f","input":{}})"),
         "`messages[0].content[0]` must stand in a message of the assistant."},
        {"ResultOfTheAssistant", &Anthropic(),
         Chat(R"({"role":"assistant","content":[{"type":"tool_use","id":"a",)"
              R"("name":"f","input":{}},{"type":"tool_result",)"
              R"("tool_use_id":"a","content":"x"}]})"),
         "`messages[0].content[1]` must stand in a message of the user."},
        {"InputOfAnotherType", &Anthropic(),
         Chat(R"({"role":"assistant","content":[{"type":"tool_use","id":"a",)"
              R"("name":"f","input":"x"}]})"),
         "`messages[0].content[0].input` must be an object."},
        {"OwnTool", &Anthropic(),
         R"({"messages":[],"tools":[{"name":"a","input_schema":{}},)"
         R"({"type":"web_search_20250305","name":"web_search"}]})",
         "`tools[1]` is a tool that runs at Anthropic's alone."},
        {"Servers", &Anthropic(), R"({"messages":[],"mcp_servers":[]})",
         "`mcp_servers` has no counterpart in the APIs of the model's "
         "providers."},
        {"SystemImage", &Anthropic(),
         R"({"messages":[],"system":[{"type":"image"}]})",
         "`system[0]` must be text, as all instructions are."},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Gemini, RequestRefusalTest,
    ::testing::ValuesIn<RefusalCase>({
        {"NoContents", &Gemini(), "{}", "`contents` is missing."},
        {"Role", &Gemini(), R"({"contents":[{"role":"assistant"}]})",
         "`contents[0]` has a `role` that is not user or model."},
        {"OwnPart", &Gemini(), Contents(R"({"executableCode":{}})"),
         "`contents[0].parts[0].executableCode` is a part that only Gemini's "
         "API has."},
        {"OwnFile", &Gemini(),
         Contents(R"({"fileData":{"fileUri":"gs://bucket/a"}})"),
         "`contents[0].parts[0].fileData` names a file that only Google has."},
        {"UploadedFile", &Gemini(),
         Contents(
             R"({"fileData":{"fileUri":)"
             R"("https://generativelanguage.googleapis.com/v1beta/f/1"}})"),
         "`contents[0].parts[0].fileData` names a file that only Google has."},
        {"ResponseWithoutItsCall", &Gemini(),
         Contents(R"({"functionResponse":{"name":"f","response":{}}})"),
         "`contents[0].parts[0].functionResponse` answers a function call that "
         "is not there."},
        {"CallOfTheUser", &Gemini(),
         Contents(R"({"functionCall":{"name":"f","args":{}}})"),
         "`contents[0].parts[0].functionCall` must stand in a turn of the "
         "model."},
        {"ResponseOfTheModel", &Gemini(),
         R"({"contents":[{"role":"model","parts":[{"functionCall":)"
         R"({"name":"f"}},{"functionResponse":{"name":"f"}}]}]})",
         "`contents[0].parts[1].functionResponse` must stand in a turn of the "
         "user."},
        {"OwnTool", &Gemini(),
         R"({"contents":[],"tools":[{"googleSearch":{}}]})",
         "`tools[0].googleSearch` is a tool that runs at Google's alone."},
        {"Cache", &Gemini(), R"({"contents":[],"cachedContent":"c/1"})",
         "`cachedContent` names content that only Gemini's API keeps."},
        {"SeveralAnswers", &Gemini(),
         R"({"contents":[],"generationConfig":{"candidateCount":2}})",
         "`generationConfig.candidateCount` asks for several answers, which "
         "are not translated."},
        {"AlternativesOfNothing", &Gemini(),
         R"({"contents":[],"generationConfig":{"logprobs":1}})",
         "`generationConfig.logprobs` needs `responseLogprobs` to be true."},
        {"TooManyAlternatives", &Gemini(),
         R"({"contents":[],"generationConfig":{"logprobs":21}})",
         "`generationConfig.logprobs` must be at most 20."},
        {"Pictures", &Gemini(),
         R"({"contents":[],"generationConfig":{"responseModalities":)"
         R"(["IMAGE"]}})",
         "`generationConfig.responseModalities[0]` asks for more than text."},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::dialect
