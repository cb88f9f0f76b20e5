// Calls of tools that only the Responses API has, towards its clients.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/responses/responses_writer.h"

namespace weir::dialect {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

ResponsesWriter WriterOfTools() {
  return ResponsesWriter(
      {.id = "req_1",
       .model = "m",
       .renamed_tools = {{"apply_patch", "apply_patch", "", true},
                         {"mcp__docs__search", "search", "mcp__docs", false},
                         {"mcp__docs__note", "note", "mcp__docs", true}}});
}

// A call whose arguments come in two pieces.
canonical::AnswerEvents CallOf(std::string_view name, std::string_view first,
                               std::string_view second) {
  return {canonical::Started{"a"}, canonical::ToolCallBegun{0, "call_1", name},
          canonical::ToolArguments{0, first},
          canonical::ToolArguments{0, second}, canonical::Ended{}};
}

std::string StreamOf(const canonical::AnswerEvents& events) {
  ResponsesWriter writer = WriterOfTools();
  std::string out;
  for (const canonical::AnswerEvent& event : events) {
    EXPECT_EQ(writer.WriteEvent(event, out), absl::OkStatus());
  }
  return out;
}

std::string WholeOf(const canonical::AnswerEvents& events) {
  ResponsesWriter writer = WriterOfTools();
  std::string out;
  EXPECT_EQ(writer.WriteWhole(events, out), absl::OkStatus());
  return out;
}

TEST(ResponsesToolsTest, AToolThatTakesATextIsCalledWithIt) {
  const auto events =
      CallOf("apply_patch", R"({"input":"*** Begin\)", R"(nPatch"})");
  EXPECT_THAT(
      WholeOf(events),
      HasSubstr(R"("output":[{"id":"ctc_a_0","type":"custom_tool_call",)"
                R"("status":"completed","call_id":"call_1",)"
                R"("name":"apply_patch",)"
                R"("input":"*** Begin\nPatch"}])"));
}

TEST(ResponsesToolsTest, ItsTextIsStreamedAsItComes) {
  const std::string out =
      StreamOf(CallOf("apply_patch", R"({"input":"*** Begin\)", R"(nPatch"})"));
  const std::string_view in_order[] = {
      R"("item":{"id":"ctc_a_0","type":"custom_tool_call",)"
      R"("status":"in_progress","call_id":"call_1","name":"apply_patch",)"
      R"("input":""}})",
      R"({"type":"response.custom_tool_call_input.delta",)"
      R"("sequence_number":3,"item_id":"ctc_a_0","output_index":0,)"
      R"("delta":"*** Begin"})",
      R"("delta":"\nPatch"})",
      R"({"type":"response.custom_tool_call_input.done",)"
      R"("sequence_number":5,"item_id":"ctc_a_0","output_index":0,)"
      R"("input":"*** Begin\nPatch"})",
      "event: response.output_item.done",
      "event: response.completed"};
  std::size_t at = 0;
  for (const std::string_view part : in_order) {
    at = out.find(part, at);
    ASSERT_NE(at, std::string::npos) << part << " in " << out;
  }
  EXPECT_THAT(out, Not(HasSubstr("function_call")));
}

// The tool itself says best what is wrong with it.
TEST(ResponsesToolsTest, ArgumentsThatAreNoTextAreHandedOn) {
  const auto events = CallOf("apply_patch", R"({"patch":)", R"("a"})");
  EXPECT_THAT(WholeOf(events), HasSubstr(R"("input":"{\"patch\":\"a\"}")"));
  EXPECT_THAT(StreamOf(events),
              AllOf(HasSubstr(R"("input":"{\"patch\":\"a\"}")"),
                    Not(HasSubstr("input.delta"))));
}

TEST(ResponsesToolsTest, CallsSayTheNamespaceOfTheirTool) {
  EXPECT_THAT(WholeOf(CallOf("mcp__docs__search", R"({"q":)", "1}")),
              HasSubstr(R"("type":"function_call","status":"completed",)"
                        R"("call_id":"call_1","name":"search",)"
                        R"("namespace":"mcp__docs","arguments":"{\"q\":1}"})"));
  EXPECT_THAT(WholeOf(CallOf("mcp__docs__note", R"({"input":)", R"("x"})")),
              HasSubstr(R"("type":"custom_tool_call","status":"completed",)"
                        R"("call_id":"call_1","name":"note",)"
                        R"("namespace":"mcp__docs","input":"x"})"));
}

TEST(ResponsesToolsTest, OtherCallsAreOfFunctions) {
  EXPECT_THAT(WholeOf(CallOf("weather", "{", "}")),
              HasSubstr(R"("id":"fc_a_0","type":"function_call",)"
                        R"("status":"completed","call_id":"call_1",)"
                        R"("name":"weather","arguments":"{}"})"));
}

}  // namespace
}  // namespace weir::dialect
