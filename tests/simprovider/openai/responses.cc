// The Responses API: one object, or the events that build it up.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/text/json_text.h"
#include "bench/text/text.h"
#include "tests/simprovider/dialect/event_script.h"
#include "tests/simprovider/dialect/json_members.h"
#include "tests/simprovider/openai/answers.h"
#include "tests/simprovider/openai/logprobs.h"
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

// Of a token or of all; a message's alone has it, empty as it may be.
std::string Logprobs(std::string_view token,
                     std::optional<std::int64_t> alternatives) {
  return text::Cat(R"(,"logprobs":[)",
                   alternatives ? LogprobOf(token, *alternatives) : "", "]");
}
std::string Logprobs(const Speech& speech,
                     std::optional<std::int64_t> alternatives) {
  return text::Cat(R"(,"logprobs":[)",
                   alternatives ? LogprobsOf(speech, *alternatives) : "", "]");
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
        AddArguments("response.function_call_arguments", "arguments", inside,
                     item.arguments);
        break;
      case ResponseItem::Kind::kCustomCall:
        AddArguments("response.custom_tool_call_input", "input", inside,
                     item.arguments);
        break;
    }
    Add("response.output_item.done",
        text::Cat(place, R"(,"item":)", item.completed));
  }

  // `type`: of the deltas. `part`: what the text is the text of.
  void AddText(std::string_view type, std::string_view part,
               const std::string& place, const ResponseItem& item) {
    Add(text::Cat(part, ".added"),
        text::Cat(place, R"(,"part":)", PartOf(item, 0)));
    const bool message = item.kind == ResponseItem::Kind::kMessage;
    events_->AddTokens(
        item.text.size(),
        [type = text::Cat(type, ".delta"), place, message, text = item.text,
         alternatives = item.alternatives,
         first = sequence_](std::size_t index, std::string& out) {
          const std::string_view token = text.Token(index);
          out += Event(type, first + index,
                       text::Cat(place, R"(,"delta":")", token, "\"",
                                 message ? Logprobs(token, alternatives) : ""));
        });
    sequence_ += item.text.size();
    Add(text::Cat(type, ".done"),
        text::Cat(place, R"(,"text":")", item.text.Text(), "\"",
                  message ? Logprobs(item.text, item.alternatives) : ""));
    Add(text::Cat(part, ".done"),
        text::Cat(place, R"(,"part":)", PartOf(item, item.text.size())));
  }

  // `type`: of the events. `member`: of the last one, which has all of it.
  void AddArguments(std::string_view type, std::string_view member,
                    const std::string& place, const std::string& arguments) {
    std::vector<std::string> deltas;
    for (const std::string& piece : PiecesOf(arguments)) {
      deltas.push_back(
          Event(text::Cat(type, ".delta"), sequence_++,
                text::Cat(place, R"(,"delta":)", text::JsonString(piece))));
    }
    const std::size_t count = deltas.size();
    events_->AddTokens(count, [deltas = std::move(deltas)](std::size_t token,
                                                           std::string& out) {
      out += deltas[token];
    });
    Add(text::Cat(type, ".done"), text::Cat(place, R"(,")", member, R"(":)",
                                            text::JsonString(arguments)));
  }

  const OpenAiReply& r_;
  std::unique_ptr<EventScript> events_;
  std::size_t sequence_ = 0;
};

// The members of an error in place of an answer, which the event `error` has
// bare and a response as its own.
std::string FailedResponse(const std::string& in_progress,
                           std::string_view error) {
  constexpr std::string_view kStatus = R"("status":"in_progress")";
  constexpr std::string_view kError = R"("error":null)";
  std::string response = in_progress;
  response.replace(response.find(kStatus), kStatus.size(),
                   R"("status":"failed")");
  response.replace(response.find(kError), kError.size(),
                   text::Cat(R"("error":)", error));
  return response;
}

// How such a stream says that it failed, after so many events.
std::string FailureEvent(FailureForm form, const std::string& in_progress,
                         std::size_t after_events,
                         std::string_view error_body) {
  simdjson::dom::parser parser;
  simdjson::dom::element error;
  std::string code = "server_error";
  std::string message = std::string(error_body);
  if (!parser.parse(error_body.data(), error_body.size())["error"].get(error)) {
    message = StringAt(error, "message");
    if (std::string told = StringAt(error, "code"); !told.empty()) code = told;
  }
  const std::string members =
      text::Cat(R"("code":)", text::JsonString(code), R"(,"message":)",
                text::JsonString(message));
  if (form == FailureForm::kError) {
    return Event("error", after_events,
                 text::Cat(",", members, R"(,"param":null)"));
  }
  return Event(
      "response.failed", after_events,
      text::Cat(R"(,"response":)",
                FailedResponse(in_progress, text::Cat("{", members, "}"))));
}

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
  answer.failure = [form = r.failure_form,
                    begun = ResponseObject(r, "in_progress", "", "null")](
                       std::size_t after_events, std::string_view error_body) {
    return FailureEvent(form, begun, after_events, error_body);
  };
  return answer;
}

}  // namespace weir::simprovider
