// The Responses API: one object, or the events that build it up.
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/text/json_text.h"
#include "bench/text/text.h"
#include "tests/simprovider/fragment_stream.h"
#include "tests/simprovider/openai.h"

namespace weir::simprovider {
namespace {

constexpr std::size_t kArgumentsBytes = 12;

// The one item of an answer, a message or a function call, as it stands at a
// time.
struct Item {
  std::string id;
  std::string in_progress;
  std::string completed;
};

std::string TextPart(std::string_view escaped_text) {
  return text::Cat(R"({"type":"output_text","text":")", escaped_text,
                   R"(","annotations":[],"logprobs":[]})");
}

std::string_view TextOf(const OpenAiReply& reply) {
  return reply.wording.Text(
      static_cast<std::size_t>(reply.prompt.completion_tokens));
}

Item MessageItem(const OpenAiReply& reply, std::string_view digits) {
  Item item{text::Cat("msg_", digits), "", ""};
  const std::string opening = text::Cat(R"({"type":"message","id":")", item.id,
                                        R"(","role":"assistant",)");
  item.in_progress =
      text::Cat(opening, R"("status":"in_progress","content":[]})");
  item.completed = text::Cat(opening, R"("status":"completed","content":[)",
                             TextPart(TextOf(reply)), "]}");
  return item;
}

Item CallItem(const OpenAiReply& reply, std::string_view digits) {
  Item item{text::Cat("fc_", digits), "", ""};
  const std::string opening = text::Cat(
      R"({"type":"function_call","id":")", item.id, R"(","call_id":"call_)",
      digits, R"(","name":)", text::JsonString(reply.prompt.call->name));
  item.in_progress =
      text::Cat(opening, R"(,"status":"in_progress","arguments":""})");
  item.completed =
      text::Cat(opening, R"(,"status":"completed","arguments":)",
                text::JsonString(reply.prompt.call->arguments), "}");
  return item;
}

Item ItemOf(const OpenAiReply& reply) {
  const std::string digits = reply.id.substr(reply.id.size() - 16);
  return reply.prompt.call ? CallItem(reply, digits)
                           : MessageItem(reply, digits);
}

std::string ResponseObject(const OpenAiReply& reply, std::string_view status,
                           std::string_view output, std::string_view usage) {
  return text::Cat(
      R"({"id":")", reply.id, R"(","object":"response","created_at":)",
      reply.unix_seconds, R"(,"status":")", status, R"(","model":)",
      text::JsonString(reply.prompt.model), R"(,"output":[)", output,
      R"(],"usage":)", usage, R"(,"error":null,"incomplete_details":)",
      status == "incomplete" ? R"({"reason":"max_output_tokens"})" : "null",
      R"(,"instructions":null,"metadata":{},"parallel_tool_calls":true,)",
      R"("temperature":1,"tool_choice":"auto","tools":[],"top_p":1})");
}

std::string FinalObject(const OpenAiReply& reply, const Item& item) {
  const OpenAiPrompt& prompt = reply.prompt;
  return ResponseObject(
      reply, prompt.limited ? "incomplete" : "completed", item.completed,
      text::Cat(R"({"input_tokens":)", prompt.prompt_tokens,
                R"(,"input_tokens_details":{"cached_tokens":0},)",
                R"("output_tokens":)", prompt.completion_tokens,
                R"(,"output_tokens_details":{"reasoning_tokens":0},)",
                R"("total_tokens":)",
                prompt.prompt_tokens + prompt.completion_tokens, "}"));
}

// `members` begins with a comma.
std::string Event(std::string_view type, std::size_t sequence,
                  std::string_view members) {
  return text::Cat("event: ", type, "\ndata: {\"type\":\"", type,
                   "\",\"sequence_number\":", sequence, members, "}\n\n");
}

std::string Place(const Item& item) {
  return text::Cat(R"(,"item_id":")", item.id, R"(","output_index":0)");
}

std::string ItemMember(std::string_view item) {
  return text::Cat(R"(,"output_index":0,"item":)", item);
}

std::string ResponseMember(std::string_view response) {
  return text::Cat(R"(,"response":)", response);
}

// Builds the events in their order, numbering them.
class Script {
 public:
  Script(const OpenAiReply& reply, const Item& item)
      : reply_(reply), item_(item) {}

  FragmentStream::Parts Build() {
    const std::string begun = ResponseObject(reply_, "in_progress", "", "null");
    Open("response.created", ResponseMember(begun));
    Open("response.in_progress", ResponseMember(begun));
    Open("response.output_item.added", ItemMember(item_.in_progress));
    if (reply_.prompt.call) {
      AddCall();
    } else {
      AddText();
    }
    Close("response.output_item.done", ItemMember(item_.completed));
    Close(reply_.prompt.limited ? "response.incomplete" : "response.completed",
          ResponseMember(FinalObject(reply_, item_)));
    return std::move(parts_);
  }

 private:
  void Open(std::string_view type, std::string_view members) {
    parts_.opening.push_back(Event(type, sequence_++, members));
  }
  void Close(std::string_view type, std::string_view members) {
    parts_.closing.push_back(Event(type, sequence_++, members));
  }

  void AddText() {
    const std::string part = text::Cat(Place(item_), R"(,"content_index":0)");
    Open("response.content_part.added",
         text::Cat(part, R"(,"part":)", TextPart("")));
    parts_.fragments =
        static_cast<std::size_t>(reply_.prompt.completion_tokens);
    parts_.fragment = [part, first = sequence_, &wording = reply_.wording](
                          std::size_t index, std::string& out) {
      out += Event("response.output_text.delta", first + index,
                   text::Cat(part, R"(,"delta":")", wording.Token(index),
                             R"(","logprobs":[])"));
    };
    sequence_ += parts_.fragments;
    Close(
        "response.output_text.done",
        text::Cat(part, R"(,"text":")", TextOf(reply_), R"(","logprobs":[])"));
    Close("response.content_part.done",
          text::Cat(part, R"(,"part":)", TextPart(TextOf(reply_))));
  }

  void AddCall() {
    const std::string& arguments = reply_.prompt.call->arguments;
    parts_.fragments =
        (arguments.size() + kArgumentsBytes - 1) / kArgumentsBytes;
    parts_.fragment = [place = Place(item_), first = sequence_, arguments](
                          std::size_t index, std::string& out) {
      const std::string_view piece = std::string_view(arguments).substr(
          index * kArgumentsBytes, kArgumentsBytes);
      out += Event("response.function_call_arguments.delta", first + index,
                   text::Cat(place, R"(,"delta":)", text::JsonString(piece)));
    };
    sequence_ += parts_.fragments;
    Close("response.function_call_arguments.done",
          text::Cat(Place(item_), R"(,"arguments":)",
                    text::JsonString(arguments)));
  }

  const OpenAiReply& reply_;
  const Item& item_;
  std::size_t sequence_ = 0;
  FragmentStream::Parts parts_;
};

}  // namespace

Answer ResponsesAnswer(const OpenAiReply& reply) {
  const Item item = ItemOf(reply);
  Answer answer;
  answer.tokens = reply.prompt.completion_tokens;
  if (reply.prompt.delivery == OpenAiPrompt::Delivery::kWhole) {
    answer.body = FinalObject(reply, item);
    return answer;
  }
  answer.content_type = "text/event-stream; charset=utf-8";
  answer.header_lines = "cache-control: no-cache\r\n";
  answer.events = std::make_unique<FragmentStream>(Script(reply, item).Build());
  return answer;
}

}  // namespace weir::simprovider
