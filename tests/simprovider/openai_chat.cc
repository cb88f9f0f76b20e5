// Chat completions and the older completions.
#include <algorithm>
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

constexpr std::string_view kDone = "data: [DONE]\n\n";
// Bytes of a tool call's arguments in one event.
constexpr std::size_t kArgumentsBytes = 12;

std::string Usage(const OpenAiPrompt& prompt) {
  return text::Cat(R"({"prompt_tokens":)", prompt.prompt_tokens,
                   R"(,"completion_tokens":)", prompt.completion_tokens,
                   R"(,"total_tokens":)",
                   prompt.prompt_tokens + prompt.completion_tokens,
                   R"(,"prompt_tokens_details":{"cached_tokens":0},)",
                   R"("completion_tokens_details":{"reasoning_tokens":0}})");
}

std::string_view FinishReason(const OpenAiPrompt& prompt) {
  if (prompt.call) return "tool_calls";
  return prompt.limited ? "length" : "stop";
}

// Everything before "choices", which every object of an answer has alike.
std::string Opening(const OpenAiReply& reply, std::string_view object) {
  return text::Cat(R"({"id":")", reply.id, R"(","object":")", object,
                   R"(","created":)", reply.unix_seconds, R"(,"model":)",
                   text::JsonString(reply.prompt.model),
                   R"(,"system_fingerprint":"fp_simprovider",)");
}

std::string CallObject(const OpenAiReply& reply, std::string_view arguments) {
  return text::Cat(R"({"id":"call_)", reply.id.substr(reply.id.size() - 16),
                   R"(","type":"function","function":{"name":)",
                   text::JsonString(reply.prompt.call->name),
                   R"(,"arguments":)", text::JsonString(arguments), "}}");
}

// One kind of stream is two strings round a fragment; what opens and closes it
// comes on top.
struct Frame {
  std::string before;
  std::string after;
  std::string operator()(std::string_view inside) const {
    return text::Cat(before, inside, after);
  }
};

// `choice_before` and `choice_after` stand round the delta in the choice.
Frame MakeFrame(const OpenAiReply& reply, std::string_view object,
                std::string_view choice_before, std::string_view choice_after) {
  const bool usage = reply.prompt.usage == OpenAiPrompt::Usage::kInclude;
  return {
      text::Cat("data: ", Opening(reply, object), R"("choices":[{)",
                choice_before),
      text::Cat(choice_after, "}]", usage ? R"(,"usage":null)" : "", "}\n\n")};
}

// What follows the choices' last event.
void AppendEnd(const OpenAiReply& reply, std::string_view object,
               std::vector<std::string>& closing) {
  if (reply.prompt.usage == OpenAiPrompt::Usage::kInclude) {
    closing.push_back(text::Cat("data: ", Opening(reply, object),
                                R"("choices":[],"usage":)", Usage(reply.prompt),
                                "}\n\n"));
  }
  closing.emplace_back(kDone);
}

Answer Stream(const OpenAiReply& reply, FragmentStream::Parts parts) {
  Answer answer;
  answer.content_type = "text/event-stream; charset=utf-8";
  answer.header_lines = "cache-control: no-cache\r\n";
  answer.tokens = reply.prompt.completion_tokens;
  answer.events = std::make_unique<FragmentStream>(std::move(parts));
  return answer;
}

Answer Whole(const OpenAiReply& reply, std::string_view object,
             std::string_view choice) {
  Answer answer;
  answer.tokens = reply.prompt.completion_tokens;
  answer.body = text::Cat(Opening(reply, object), R"("choices":[{)", choice,
                          R"(,"logprobs":null,"finish_reason":")",
                          FinishReason(reply.prompt), R"("}],"usage":)",
                          Usage(reply.prompt), "}");
  return answer;
}

// The deltas of a text, token by token.
void AddTextFragments(const OpenAiReply& reply, Frame frame,
                      FragmentStream::Parts& parts) {
  parts.fragments = static_cast<std::size_t>(reply.prompt.completion_tokens);
  parts.fragment = [frame = std::move(frame), &wording = reply.wording](
                       std::size_t index, std::string& out) {
    text::Append(out, frame.before, wording.Token(index), frame.after);
  };
}

// The deltas of a tool call: who is called, then the arguments in pieces.
void AddCallFragments(const OpenAiReply& reply, const Frame& delta,
                      FragmentStream::Parts& parts) {
  std::string head = CallObject(reply, "");
  head.insert(1, R"("index":0,)");
  parts.opening.push_back(delta(text::Cat(R"({"tool_calls":[)", head, "]}")));
  const std::string& arguments = reply.prompt.call->arguments;
  parts.fragments = (arguments.size() + kArgumentsBytes - 1) / kArgumentsBytes;
  parts.fragment = [delta, arguments](std::size_t index, std::string& out) {
    const std::string_view piece = std::string_view(arguments).substr(
        index * kArgumentsBytes, kArgumentsBytes);
    text::Append(
        out,
        delta(text::Cat(R"({"tool_calls":[{"index":0,"function":{"arguments":)",
                        text::JsonString(piece), "}}]}")));
  };
}

Answer ChatStream(const OpenAiReply& reply) {
  constexpr std::string_view kChunk = "chat.completion.chunk";
  constexpr std::string_view kOpen = R"(,"logprobs":null,"finish_reason":null)";
  constexpr std::string_view kDelta = R"("index":0,"delta":)";
  const Frame delta = MakeFrame(reply, kChunk, kDelta, kOpen);
  FragmentStream::Parts parts;
  if (reply.prompt.call) {
    parts.opening = {delta(R"({"role":"assistant","content":null})")};
    AddCallFragments(reply, delta, parts);
  } else {
    parts.opening = {delta(R"({"role":"assistant","content":""})")};
    AddTextFragments(
        reply,
        MakeFrame(reply, kChunk, text::Cat(kDelta, R"({"content":")"),
                  text::Cat(R"("})", kOpen)),
        parts);
  }
  const std::string finish = text::Cat(R"(,"logprobs":null,"finish_reason":")",
                                       FinishReason(reply.prompt), R"(")");
  parts.closing = {MakeFrame(reply, kChunk, kDelta, finish)("{}")};
  AppendEnd(reply, kChunk, parts.closing);
  return Stream(reply, std::move(parts));
}

}  // namespace

Answer ChatAnswer(const OpenAiReply& reply) {
  const OpenAiPrompt& prompt = reply.prompt;
  if (prompt.delivery == OpenAiPrompt::Delivery::kStream) {
    return ChatStream(reply);
  }
  const std::string content =
      prompt.call ? text::Cat(R"(null,"refusal":null,"tool_calls":[)",
                              CallObject(reply, prompt.call->arguments), "]")
                  : text::Cat("\"",
                              reply.wording.Text(static_cast<std::size_t>(
                                  prompt.completion_tokens)),
                              R"(","refusal":null)");
  return Whole(
      reply, "chat.completion",
      text::Cat(R"("index":0,"message":{"role":"assistant","content":)",
                content, "}"));
}

Answer CompletionAnswer(const OpenAiReply& reply) {
  constexpr std::string_view kObject = "text_completion";
  constexpr std::string_view kText = R"("index":0,"text":")";
  const OpenAiPrompt& prompt = reply.prompt;
  if (prompt.delivery == OpenAiPrompt::Delivery::kWhole) {
    return Whole(reply, kObject,
                 text::Cat(kText,
                           reply.wording.Text(static_cast<std::size_t>(
                               prompt.completion_tokens)),
                           "\""));
  }
  FragmentStream::Parts parts;
  AddTextFragments(reply,
                   MakeFrame(reply, kObject, kText,
                             R"(","logprobs":null,"finish_reason":null)"),
                   parts);
  parts.closing = {MakeFrame(reply, kObject, kText,
                             text::Cat(R"(","logprobs":null,"finish_reason":")",
                                       FinishReason(prompt), R"(")"))("")};
  AppendEnd(reply, kObject, parts.closing);
  return Stream(reply, std::move(parts));
}

}  // namespace weir::simprovider
