// Chat completions and the older completions.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/text/json_text.h"
#include "bench/text/text.h"
#include "tests/simprovider/dialect/event_script.h"
#include "tests/simprovider/openai/answers.h"
#include "tests/simprovider/openai/logprobs.h"

namespace weir::simprovider {
namespace {

constexpr std::string_view kDone = "data: [DONE]\n\n";

std::string Usage(const OpenAiReply& r) {
  const Reply& reply = r.reply;
  return text::Cat(
      R"({"prompt_tokens":)", reply.prompt_tokens, R"(,"completion_tokens":)",
      reply.output_tokens, R"(,"total_tokens":)",
      reply.prompt_tokens + reply.output_tokens,
      R"(,"prompt_tokens_details":{"cached_tokens":)", reply.cached_tokens,
      R"(},"completion_tokens_details":{"reasoning_tokens":)",
      reply.thought_tokens(), "}}");
}

std::string_view FinishReason(const Reply& reply) {
  if (reply.end == Reply::End::kCalls) return "tool_calls";
  return reply.end == Reply::End::kLimit ? "length" : "stop";
}

struct ObjectKind {
  std::string_view id_prefix;
  std::string_view object;
};
constexpr ObjectKind kChat = {"chatcmpl-", "chat.completion"};
constexpr ObjectKind kChatChunk = {"chatcmpl-", "chat.completion.chunk"};
constexpr ObjectKind kCompletion = {"cmpl-", "text_completion"};

// Everything before "choices", which every object of an answer has alike.
std::string Opening(const OpenAiReply& r, const ObjectKind& kind) {
  return text::Cat(R"({"id":")", kind.id_prefix, r.id, R"(","object":")",
                   kind.object, R"(","created":)", r.unix_seconds,
                   R"(,"model":)", text::JsonString(r.ask.ask.model),
                   R"(,"system_fingerprint":"fp_simprovider",)");
}

// Without the brace that opens it, so that a stream's may begin by an index.
std::string CallMembers(const OpenAiReply& r, std::size_t index,
                        std::string_view arguments) {
  return text::Cat(R"("id":"call_)", r.id, index,
                   R"(","type":"function","function":{"name":)",
                   text::JsonString(r.reply.calls[index].name),
                   R"(,"arguments":)", text::JsonString(arguments), "}}");
}

// One kind of event is two strings round a fragment.
struct Frame {
  std::string before;
  std::string after;
  std::string operator()(std::string_view inside) const {
    return text::Cat(before, inside, after);
  }
};

// `choice_before` and `choice_after` stand round the fragment in the choice.
Frame MakeFrame(const OpenAiReply& r, const ObjectKind& kind,
                std::string_view choice_before, std::string_view choice_after) {
  const bool usage = r.ask.usage == OpenAiAsk::Usage::kInclude;
  return {
      text::Cat("data: ", Opening(r, kind), R"("choices":[{)", choice_before),
      text::Cat(choice_after, "}]", usage ? R"(,"usage":null)" : "", "}\n\n")};
}

void Say(const Speech& speech, Frame frame, EventScript& events) {
  events.AddTokens(speech.size(), [frame = std::move(frame), speech](
                                      std::size_t token, std::string& out) {
    text::Append(out, frame.before, speech.Token(token), frame.after);
  });
}

// The same of a chat's text, each token with how likely it was.
void SayHowLikely(const Speech& speech, std::int64_t alternatives, Frame frame,
                  EventScript& events) {
  events.AddTokens(
      speech.size(), [frame = std::move(frame), speech, alternatives](
                         std::size_t index, std::string& out) {
        const std::string_view token = speech.Token(index);
        text::Append(out, frame.before, token, R"("},"logprobs":{"content":[)",
                     LogprobOf(token, alternatives), R"(],"refusal":null})",
                     frame.after);
      });
}

// What follows the choices' last event.
void AddEnd(const OpenAiReply& r, const ObjectKind& kind, EventScript& events) {
  if (r.ask.usage == OpenAiAsk::Usage::kInclude) {
    events.Add(text::Cat("data: ", Opening(r, kind), R"("choices":[],"usage":)",
                         Usage(r), "}\n\n"));
  }
  events.Add(std::string(kDone));
}

Answer Stream(const OpenAiReply& r, std::unique_ptr<EventScript> events) {
  Answer answer;
  answer.content_type = "text/event-stream; charset=utf-8";
  answer.header_lines = "cache-control: no-cache\r\n";
  answer.tokens = r.reply.output_tokens;
  answer.events = std::move(events);
  return answer;
}

std::string Logprobs(const OpenAiReply& r) {
  if (!r.ask.ask.alternatives || r.reply.text.empty()) return "null";
  return text::Cat(R"({"content":[)",
                   LogprobsOf(r.reply.text, *r.ask.ask.alternatives),
                   R"(],"refusal":null})");
}

Answer Whole(const OpenAiReply& r, const ObjectKind& kind,
             std::string_view choice) {
  Answer answer;
  answer.tokens = r.reply.output_tokens;
  answer.body =
      text::Cat(Opening(r, kind), R"("choices":[{)", choice, R"(,"logprobs":)",
                Logprobs(r), R"(,"finish_reason":")", FinishReason(r.reply),
                R"("}],"usage":)", Usage(r), "}");
  return answer;
}

// The deltas of tool calls: who is called, then the arguments in pieces.
class CallDeltas {
 public:
  CallDeltas(const OpenAiReply& r, const Frame& delta) : r_(r), delta_(delta) {
    const std::size_t calls = r.reply.calls.size();
    if (r.call_order == CallOrder::kInTurn) {
      for (std::size_t i = 0; i < calls; ++i) {
        AddHead(i);
        for (const std::string& piece : Pieces(i)) AddPiece(i, piece);
      }
      return;
    }
    for (std::size_t i = 0; i < calls; ++i) AddHead(i);
    bool more = true;
    for (std::size_t turn = 0; more; ++turn) {
      more = false;
      for (std::size_t i = 0; i < calls; ++i) {
        const std::vector<std::string> pieces = Pieces(i);
        if (turn >= pieces.size()) continue;
        AddPiece(i, pieces[turn]);
        more = true;
      }
    }
  }

  std::vector<std::string> Take() { return std::move(events_); }

 private:
  std::vector<std::string> Pieces(std::size_t call) const {
    return PiecesOf(r_.reply.calls[call].arguments);
  }
  void Add(std::size_t call, std::string_view members) {
    events_.push_back(delta_(
        text::Cat(R"({"tool_calls":[{"index":)", call, ",", members, "]}")));
  }
  void AddHead(std::size_t call) { Add(call, CallMembers(r_, call, "")); }
  void AddPiece(std::size_t call, std::string_view piece) {
    Add(call, text::Cat(R"("function":{"arguments":)", text::JsonString(piece),
                        "}}"));
  }

  const OpenAiReply& r_;
  const Frame& delta_;
  std::vector<std::string> events_;
};

Answer ChatStream(const OpenAiReply& r) {
  constexpr std::string_view kOpen = R"(,"logprobs":null,"finish_reason":null)";
  constexpr std::string_view kDelta = R"("index":0,"delta":)";
  const auto text_frame = [&](std::string_view member) {
    return MakeFrame(r, kChatChunk,
                     text::Cat(kDelta, R"({")", member, R"(":")"),
                     text::Cat(R"("})", kOpen));
  };
  const Frame delta = MakeFrame(r, kChatChunk, kDelta, kOpen);
  auto events = std::make_unique<EventScript>();
  events->Add(delta(r.reply.calls.empty()
                        ? R"({"role":"assistant","content":""})"
                        : R"({"role":"assistant","content":null})"));
  Say(r.reply.thought, text_frame("reasoning_content"), *events);
  if (r.ask.ask.alternatives) {
    SayHowLikely(r.reply.text, *r.ask.ask.alternatives,
                 MakeFrame(r, kChatChunk, text::Cat(kDelta, R"({"content":")"),
                           R"(,"finish_reason":null)"),
                 *events);
  } else {
    Say(r.reply.text, text_frame("content"), *events);
  }
  std::vector<std::string> calls = CallDeltas(r, delta).Take();
  const std::size_t count = calls.size();
  events->AddTokens(
      count, [calls = std::move(calls)](std::size_t token, std::string& out) {
        out += calls[token];
      });
  const std::string finish = text::Cat(R"(,"logprobs":null,"finish_reason":")",
                                       FinishReason(r.reply), R"(")");
  events->Add(MakeFrame(r, kChatChunk, kDelta, finish)("{}"));
  AddEnd(r, kChatChunk, *events);
  return Stream(r, std::move(events));
}

// What follows `"content":` in a message.
std::string Content(const OpenAiReply& r) {
  std::string content;
  if (r.reply.calls.empty()) {
    content = text::Cat("\"", r.reply.text.Text(), R"(","refusal":null)");
  } else {
    content = R"(null,"refusal":null,"tool_calls":[)";
    for (std::size_t i = 0; i < r.reply.calls.size(); ++i) {
      text::Append(content, i == 0 ? "{" : ",{",
                   CallMembers(r, i, r.reply.calls[i].arguments));
    }
    content += "]";
  }
  if (!r.reply.thought.empty()) {
    text::Append(content, R"(,"reasoning_content":")", r.reply.thought.Text(),
                 "\"");
  }
  return content;
}

}  // namespace

Answer ChatAnswer(const OpenAiReply& r) {
  if (r.ask.ask.delivery == Ask::Delivery::kStream) return ChatStream(r);
  return Whole(
      r, kChat,
      text::Cat(R"("index":0,"message":{"role":"assistant","content":)",
                Content(r), "}"));
}

Answer CompletionAnswer(const OpenAiReply& r) {
  constexpr std::string_view kText = R"("index":0,"text":")";
  if (r.ask.ask.delivery == Ask::Delivery::kWhole) {
    return Whole(r, kCompletion, text::Cat(kText, r.reply.text.Text(), "\""));
  }
  auto events = std::make_unique<EventScript>();
  Say(r.reply.text,
      MakeFrame(r, kCompletion, kText,
                R"(","logprobs":null,"finish_reason":null)"),
      *events);
  events->Add(MakeFrame(r, kCompletion, kText,
                        text::Cat(R"(","logprobs":null,"finish_reason":")",
                                  FinishReason(r.reply), R"(")"))(""));
  AddEnd(r, kCompletion, *events);
  return Stream(r, std::move(events));
}

}  // namespace weir::simprovider
