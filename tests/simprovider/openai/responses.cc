// The Responses API: one object, or the events that build it up.
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/text/json_text.h"
#include "bench/text/text.h"
#include "tests/simprovider/dialect/event_script.h"
#include "tests/simprovider/openai/answers.h"
#include "tests/simprovider/openai/response_item.h"

namespace weir::simprovider {
namespace {

std::string ResponseObject(const OpenAiReply& r, std::string_view status,
                           std::string_view output, std::string_view usage) {
  return text::Cat(
      R"({"id":"resp_)", r.id, R"(","object":"response","created_at":)",
      r.unix_seconds, R"(,"status":")", status, R"(","model":)",
      text::JsonString(r.ask.ask.model), R"(,"output":[)", output,
      R"(],"usage":)", usage, R"(,"error":null,"incomplete_details":)",
      status == "incomplete" ? R"({"reason":"max_output_tokens"})" : "null",
      R"(,"instructions":null,"metadata":{},"parallel_tool_calls":true,)",
      R"("temperature":1,"tool_choice":"auto","tools":[],"top_p":1})");
}

std::string Usage(const Reply& reply) {
  return text::Cat(R"({"input_tokens":)", reply.prompt_tokens,
                   R"(,"input_tokens_details":{"cached_tokens":)",
                   reply.cached_tokens, R"(},"output_tokens":)",
                   reply.output_tokens,
                   R"(,"output_tokens_details":{"reasoning_tokens":)",
                   reply.thought_tokens(), R"(},"total_tokens":)",
                   reply.prompt_tokens + reply.output_tokens, "}");
}

std::string_view FinalStatus(const Reply& reply) {
  return reply.end == Reply::End::kLimit ? "incomplete" : "completed";
}

std::string FinalObject(const OpenAiReply& r,
                        const std::vector<ResponseItem>& items) {
  std::string output;
  for (const ResponseItem& item : items) {
    text::Append(output, output.empty() ? "" : ",", item.completed);
  }
  return ResponseObject(r, FinalStatus(r.reply), output, Usage(r.reply));
}

// `members` begins with a comma.
std::string Event(std::string_view type, std::size_t sequence,
                  std::string_view members) {
  return text::Cat("event: ", type, "\ndata: {\"type\":\"", type,
                   "\",\"sequence_number\":", sequence, members, "}\n\n");
}

// Builds the events in their order, numbering them.
class Script {
 public:
  explicit Script(const OpenAiReply& r)
      : r_(r), events_(std::make_unique<EventScript>()) {}

  std::unique_ptr<EventSource> Build(const std::vector<ResponseItem>& items) {
    const std::string begun = text::Cat(
        R"(,"response":)", ResponseObject(r_, "in_progress", "", "null"));
    Add("response.created", begun);
    Add("response.in_progress", begun);
    for (std::size_t i = 0; i < items.size(); ++i) AddItem(items[i], i);
    Add(text::Cat("response.", FinalStatus(r_.reply)),
        text::Cat(R"(,"response":)", FinalObject(r_, items)));
    return std::move(events_);
  }

 private:
  void Add(std::string_view type, std::string_view members) {
    events_->Add(Event(type, sequence_++, members));
  }

  void AddItem(const ResponseItem& item, std::size_t index) {
    const std::string place = text::Cat(R"(,"output_index":)", index);
    Add("response.output_item.added",
        text::Cat(place, R"(,"item":)", item.in_progress));
    const std::string inside =
        text::Cat(R"(,"item_id":")", item.id, "\"", place);
    switch (item.kind) {
      case ResponseItem::Kind::kReasoning:
        AddText("response.reasoning_summary_text",
                "response.reasoning_summary_part",
                text::Cat(inside, R"(,"summary_index":0)"), item);
        break;
      case ResponseItem::Kind::kMessage:
        AddText("response.output_text", "response.content_part",
                text::Cat(inside, R"(,"content_index":0)"), item);
        break;
      case ResponseItem::Kind::kCall:
        AddArguments(inside, item.arguments);
        break;
    }
    Add("response.output_item.done",
        text::Cat(place, R"(,"item":)", item.completed));
  }

  // `type`: of the deltas. `part`: what the text is the text of.
  void AddText(std::string_view type, std::string_view part,
               const std::string& place, const ResponseItem& item) {
    Add(text::Cat(part, ".added"),
        text::Cat(place, R"(,"part":)", PartOf(item, "")));
    const bool message = item.kind == ResponseItem::Kind::kMessage;
    const std::string_view rest = message ? R"(,"logprobs":[])" : "";
    events_->AddTokens(
        item.text.size(),
        [type = text::Cat(type, ".delta"), place, rest, text = item.text,
         first = sequence_](std::size_t token, std::string& out) {
          out += Event(
              type, first + token,
              text::Cat(place, R"(,"delta":")", text.Token(token), "\"", rest));
        });
    sequence_ += item.text.size();
    Add(text::Cat(type, ".done"),
        text::Cat(place, R"(,"text":")", item.text.Text(), "\"", rest));
    Add(text::Cat(part, ".done"),
        text::Cat(place, R"(,"part":)", PartOf(item, item.text.Text())));
  }

  void AddArguments(const std::string& place, const std::string& arguments) {
    std::vector<std::string> deltas;
    for (const std::string& piece : PiecesOf(arguments)) {
      deltas.push_back(
          Event("response.function_call_arguments.delta", sequence_++,
                text::Cat(place, R"(,"delta":)", text::JsonString(piece))));
    }
    const std::size_t count = deltas.size();
    events_->AddTokens(count, [deltas = std::move(deltas)](std::size_t token,
                                                           std::string& out) {
      out += deltas[token];
    });
    Add("response.function_call_arguments.done",
        text::Cat(place, R"(,"arguments":)", text::JsonString(arguments)));
  }

  const OpenAiReply& r_;
  std::unique_ptr<EventScript> events_;
  std::size_t sequence_ = 0;
};

}  // namespace

Answer ResponsesAnswer(const OpenAiReply& r) {
  const std::vector<ResponseItem> items = ResponseItems(r);
  Answer answer;
  answer.tokens = r.reply.output_tokens;
  if (r.ask.ask.delivery == Ask::Delivery::kWhole) {
    answer.body = FinalObject(r, items);
    return answer;
  }
  answer.content_type = "text/event-stream; charset=utf-8";
  answer.header_lines = "cache-control: no-cache\r\n";
  answer.events = Script(r).Build(items);
  return answer;
}

}  // namespace weir::simprovider
