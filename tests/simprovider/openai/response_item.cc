#include "tests/simprovider/openai/response_item.h"

#include <cstddef>

#include "bench/text/json_text.h"
#include "bench/text/text.h"
#include "tests/simprovider/openai/logprobs.h"

namespace weir::simprovider {
namespace {

using Kind = ResponseItem::Kind;

// `before` and `after` stand round the one part.
ResponseItem WithPart(ResponseItem item, std::string_view before,
                      std::string_view after_begun,
                      std::string_view after_done) {
  item.in_progress = text::Cat(before, after_begun);
  item.completed =
      text::Cat(before, PartOf(item, item.text.size()), after_done);
  return item;
}

ResponseItem Reasoning(const OpenAiReply& r) {
  ResponseItem item{
      Kind::kReasoning, text::Cat("rs_", r.id), "", "", r.reply.thought, ""};
  const std::string before =
      text::Cat(R"({"type":"reasoning","id":")", item.id, R"(","summary":[)");
  return WithPart(std::move(item), before, "]}", "]}");
}

ResponseItem Message(const OpenAiReply& r) {
  ResponseItem item{
      Kind::kMessage, text::Cat("msg_", r.id), "", "", r.reply.text, ""};
  item.alternatives = r.ask.ask.alternatives;
  const std::string before = text::Cat(R"({"type":"message","id":")", item.id,
                                       R"(","role":"assistant","content":[)");
  return WithPart(std::move(item), before, R"(],"status":"in_progress"})",
                  R"(],"status":"completed"})");
}

ResponseItem Call(const OpenAiReply& r, std::size_t index) {
  const ToolCall& call = r.reply.calls[index];
  const bool takes_text = call.input == Tool::Input::kText;
  ResponseItem item{takes_text ? Kind::kCustomCall : Kind::kCall,
                    text::Cat(takes_text ? "ctc_" : "fc_", r.id, index),
                    "",
                    "",
                    {},
                    call.arguments};
  const std::string before = text::Cat(
      R"({"type":")", takes_text ? "custom_tool_call" : "function_call",
      R"(","id":")", item.id, R"(","call_id":"call_)", r.id, index,
      R"(","name":)", text::JsonString(call.name),
      call.name_space.empty()
          ? ""
          : text::Cat(R"(,"namespace":)", text::JsonString(call.name_space)));
  const std::string_view member = takes_text ? "input" : "arguments";
  item.in_progress =
      text::Cat(before, R"(,"status":"in_progress",")", member, R"(":""})");
  item.completed = text::Cat(before, R"(,"status":"completed",")", member,
                             R"(":)", text::JsonString(call.arguments), "}");
  return item;
}

}  // namespace

std::vector<ResponseItem> ResponseItems(const OpenAiReply& r) {
  std::vector<ResponseItem> items;
  if (!r.reply.thought.empty()) items.push_back(Reasoning(r));
  if (r.reply.calls.empty()) items.push_back(Message(r));
  for (std::size_t i = 0; i < r.reply.calls.size(); ++i) {
    items.push_back(Call(r, i));
  }
  return items;
}

std::string PartOf(const ResponseItem& item, std::size_t tokens) {
  const Speech said = item.text.FirstTokens(tokens);
  if (item.kind == Kind::kReasoning) {
    return text::Cat(R"({"type":"summary_text","text":")", said.Text(),
                     R"("})");
  }
  return text::Cat(
      R"({"type":"output_text","text":")", said.Text(),
      R"(","annotations":[],"logprobs":[)",
      item.alternatives ? LogprobsOf(said, *item.alternatives) : "", "]}");
}

}  // namespace weir::simprovider
