#include "tests/simprovider/anthropic/message.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "bench/text/json_text.h"
#include "bench/text/text.h"
#include "tests/simprovider/dialect/event_script.h"

namespace weir::simprovider {
namespace {

using CacheWrite = AnthropicAsk::CacheWrite;

// What the request wants cached and is not there yet: a part that is easy to
// tell from others.
int CacheWriteTokens(const AnthropicReply& r) {
  if (r.ask.cache_write == CacheWrite::kNone) return 0;
  return (r.reply.prompt_tokens - r.reply.cached_tokens) / 4;
}

// The members that both kinds of usage begin with. Input excludes what the
// cache read and wrote.
std::string UsageMembers(const AnthropicReply& r, int output_tokens) {
  const int written = CacheWriteTokens(r);
  return text::Cat(R"("input_tokens":)",
                   r.reply.prompt_tokens - r.reply.cached_tokens - written,
                   R"(,"cache_creation_input_tokens":)", written,
                   R"(,"cache_read_input_tokens":)", r.reply.cached_tokens,
                   R"(,"output_tokens":)", output_tokens,
                   R"(,"output_tokens_details":{"thinking_tokens":)",
                   std::min(output_tokens, r.reply.thought_tokens()), "}");
}

std::string Usage(const AnthropicReply& r, int output_tokens) {
  const int written = CacheWriteTokens(r);
  const bool long_lived = r.ask.cache_write == CacheWrite::kOneHour;
  return text::Cat("{", UsageMembers(r, output_tokens),
                   R"(,"cache_creation":{"ephemeral_5m_input_tokens":)",
                   long_lived ? 0 : written, R"(,"ephemeral_1h_input_tokens":)",
                   long_lived ? written : 0, R"(},"service_tier":"standard"})");
}

std::string_view StopReason(const Reply& reply) {
  switch (reply.end) {
    case Reply::End::kLimit:
      return "max_tokens";
    case Reply::End::kStop:
      return "stop_sequence";
    case Reply::End::kCalls:
      return "tool_use";
    case Reply::End::kDone:
      break;
  }
  return "end_turn";
}

// The members that say why it ended.
std::string StopMembers(const Reply& reply) {
  return text::Cat(
      R"("stop_reason":")", StopReason(reply), R"(","stop_sequence":)",
      reply.end == Reply::End::kStop ? text::JsonString(reply.stopped_by)
                                     : "null");
}

std::string MessageObject(const AnthropicReply& r, std::string_view content,
                          std::string_view stop, std::string_view usage) {
  return text::Cat(R"({"id":"msg_)", r.digits,
                   R"(","type":"message","role":"assistant","model":)",
                   text::JsonString(r.ask.ask.model), R"(,"content":[)",
                   content, "],", stop, R"(,"usage":)", usage, "}");
}

std::string ToolUse(const AnthropicReply& r, std::size_t index,
                    std::string_view input) {
  return text::Cat(R"({"type":"tool_use","id":"toolu_)", r.digits, index,
                   R"(","name":)", text::JsonString(r.reply.calls[index].name),
                   R"(,"input":)", input, "}");
}

std::string WholeContent(const AnthropicReply& r) {
  std::vector<std::string> blocks;
  if (!r.reply.thought.empty()) {
    const std::string thought = r.reply.thought.Text();
    blocks.push_back(text::Cat(R"({"type":"thinking","thinking":")", thought,
                               R"(","signature":")", SignatureOf(thought),
                               R"("})"));
  }
  if (!r.reply.text.empty()) {
    blocks.push_back(
        text::Cat(R"({"type":"text","text":")", r.reply.text.Text(), R"("})"));
  }
  for (std::size_t i = 0; i < r.reply.calls.size(); ++i) {
    blocks.push_back(ToolUse(r, i, r.reply.calls[i].arguments));
  }
  return absl::StrJoin(blocks, ",");
}

std::string Event(std::string_view type, std::string_view members) {
  return text::Cat("event: ", type, "\ndata: {\"type\":\"", type, "\"", members,
                   "}\n\n");
}

// Builds the events in their order: one block is open at a time.
class Script {
 public:
  explicit Script(const AnthropicReply& r)
      : r_(r), events_(std::make_unique<EventScript>()) {}

  std::unique_ptr<EventSource> Build() {
    const Reply& reply = r_.reply;
    events_->Add(Event(
        "message_start",
        text::Cat(
            R"(,"message":)",
            MessageObject(r_, "", R"("stop_reason":null,"stop_sequence":null)",
                          Usage(r_, 1)))));
    if (!reply.thought.empty()) AddThought();
    if (!reply.text.empty()) AddText();
    for (std::size_t i = 0; i < reply.calls.size(); ++i) AddCall(i);
    events_->Add(
        Event("message_delta",
              text::Cat(R"(,"delta":{)", StopMembers(reply), R"(},"usage":{)",
                        UsageMembers(r_, reply.output_tokens), "}")));
    events_->Add(Event("message_stop", ""));
    return std::move(events_);
  }

 private:
  void Open(std::string_view block) {
    events_->Add(Event(
        "content_block_start",
        text::Cat(R"(,"index":)", index_, R"(,"content_block":)", block)));
    if (index_ == 0) events_->Add(Event("ping", ""));
  }
  void Close() {
    events_->Add(
        Event("content_block_stop", text::Cat(R"(,"index":)", index_)));
    ++index_;
  }
  std::string Delta(std::string_view members) const {
    return Event(
        "content_block_delta",
        text::Cat(R"(,"index":)", index_, R"(,"delta":{)", members, "}"));
  }
  // A delta a token of `speech`. `opening`: the delta's members up to the
  // token.
  void Say(const Speech& speech, std::string_view opening) {
    std::string before = Delta(opening);
    before.erase(before.size() - std::string_view("}}\n\n").size());
    events_->AddTokens(
        speech.size(), [before, speech](std::size_t token, std::string& out) {
          text::Append(out, before, speech.Token(token), "\"}}\n\n");
        });
  }

  void AddThought() {
    Open(R"({"type":"thinking","thinking":"","signature":""})");
    Say(r_.reply.thought, R"("type":"thinking_delta","thinking":")");
    events_->Add(Delta(text::Cat(R"("type":"signature_delta","signature":")",
                                 SignatureOf(r_.reply.thought.Text()), "\"")));
    Close();
  }
  void AddText() {
    Open(R"({"type":"text","text":""})");
    Say(r_.reply.text, R"("type":"text_delta","text":")");
    Close();
  }
  void AddCall(std::size_t call) {
    Open(ToolUse(r_, call, "{}"));
    // The first is empty, as Anthropic's is.
    std::vector<std::string> deltas = {InputDelta("")};
    for (const std::string& piece : PiecesOf(r_.reply.calls[call].arguments)) {
      deltas.push_back(InputDelta(piece));
    }
    const std::size_t count = deltas.size();
    events_->AddTokens(count, [deltas = std::move(deltas)](std::size_t token,
                                                           std::string& out) {
      out += deltas[token];
    });
    Close();
  }
  std::string InputDelta(std::string_view piece) const {
    return Delta(text::Cat(R"("type":"input_json_delta","partial_json":)",
                           text::JsonString(piece)));
  }

  const AnthropicReply& r_;
  std::unique_ptr<EventScript> events_;
  int index_ = 0;
};

}  // namespace

std::string SignatureOf(std::string_view escaped_thought) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(escaped_thought.data()),
         escaped_thought.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return absl::Base64Escape(digest);
}

Answer MessageAnswer(const AnthropicReply& r) {
  Answer answer;
  answer.tokens = r.reply.output_tokens;
  if (r.ask.ask.delivery == Ask::Delivery::kWhole) {
    answer.body = MessageObject(r, WholeContent(r), StopMembers(r.reply),
                                Usage(r, r.reply.output_tokens));
    return answer;
  }
  answer.content_type = "text/event-stream; charset=utf-8";
  answer.header_lines = "cache-control: no-cache\r\n";
  answer.events = Script(r).Build();
  return answer;
}

}  // namespace weir::simprovider
