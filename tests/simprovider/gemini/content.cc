#include "tests/simprovider/gemini/content.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "bench/text/json_text.h"
#include "bench/text/text.h"
#include "tests/simprovider/dialect/event_script.h"
#include "tests/simprovider/dialect/likelihood.h"

namespace weir::simprovider {
namespace {

std::string_view FinishReason(const Reply& reply) {
  return reply.end == Reply::End::kLimit ? "MAX_TOKENS" : "STOP";
}

std::string TextPart(std::string_view escaped_text) {
  return text::Cat(R"({"text":")", escaped_text, R"("})");
}

std::string ThoughtPart(std::string_view escaped_text) {
  return text::Cat(R"({"text":")", escaped_text, R"(","thought":true})");
}

// The first call after a thought is signed.
std::string CallPart(const Reply& reply, std::size_t index) {
  const ToolCall& call = reply.calls[index];
  std::string part =
      text::Cat(R"({"functionCall":{"name":)", text::JsonString(call.name),
                R"(,"args":)", call.arguments, "}");
  if (index == 0 && !reply.thought.empty()) {
    text::Append(part, R"(,"thoughtSignature":")", SignatureOfCall(call.name),
                 "\"");
  }
  return part + "}";
}

std::string Candidate(const LikelyToken& token) {
  return text::Cat(R"({"token":")", token.escaped,
                   R"(","tokenId":7,"logProbability":)", token.logprob, "}");
}

// What stands in a candidate, with a comma behind it, of the tokens from
// `first` to before `last`; nothing where it is not wanted.
std::string LogprobsResult(const Speech& speech, std::size_t first,
                           std::size_t last,
                           std::optional<std::int64_t> alternatives) {
  if (!alternatives || first == last) return "";
  std::vector<std::string> chosen;
  std::vector<std::string> top;
  for (std::size_t i = first; i < last; ++i) {
    std::vector<std::string> likely;
    for (const LikelyToken& token :
         LikelyTokens(speech.Token(i), *alternatives)) {
      likely.push_back(Candidate(token));
    }
    chosen.push_back(Candidate(Chosen(speech.Token(i))));
    top.push_back(
        text::Cat(R"({"candidates":[)", absl::StrJoin(likely, ","), "]}"));
  }
  return text::Cat(R"("logprobsResult":{"chosenCandidates":[)",
                   absl::StrJoin(chosen, ","), R"(],"topCandidates":[)",
                   *alternatives > 0 ? absl::StrJoin(top, ",") : "", "]},");
}

// Everything of a response but its parts, their end and what was generated.
class Frame {
 public:
  explicit Frame(const GeminiReply& r)
      : finish_(FinishReason(r.reply)),
        prompt_tokens_(r.reply.prompt_tokens),
        cached_tokens_(r.reply.cached_tokens),
        attachment_tokens_(r.reply.attachment_tokens),
        rest_(text::Cat(R"("modelVersion":)", text::JsonString(r.ask.ask.model),
                        R"(,"responseId":")", r.id, R"("})")) {}

  enum class Place { kMiddle, kLast };
  // `thoughts`, `candidates`: tokens generated so far. `logprobs`: see
  // LogprobsResult().
  std::string Response(std::string_view parts, Place place, int thoughts,
                       int candidates, std::string_view logprobs = "") const {
    return text::Cat(R"({"candidates":[{"content":{"parts":[)", parts,
                     R"(],"role":"model"},)", logprobs,
                     place == Place::kLast
                         ? text::Cat(R"("finishReason":")", finish_, R"(",)")
                         : "",
                     R"("index":0}],"usageMetadata":)",
                     Usage(thoughts, candidates), ",", rest_);
  }

 private:
  std::string Usage(int thoughts, int candidates) const {
    std::string usage = text::Cat(
        R"({"promptTokenCount":)", prompt_tokens_,
        R"(,"candidatesTokenCount":)", candidates, R"(,"totalTokenCount":)",
        prompt_tokens_ + candidates + thoughts,
        R"(,"promptTokensDetails":[{"modality":"TEXT","tokenCount":)",
        prompt_tokens_ - attachment_tokens_, "}");
    if (attachment_tokens_ > 0) {
      text::Append(usage, R"(,{"modality":"IMAGE","tokenCount":)",
                   attachment_tokens_, "}");
    }
    usage += "]";
    if (cached_tokens_ > 0) {
      text::Append(usage, R"(,"cachedContentTokenCount":)", cached_tokens_);
    }
    if (thoughts > 0) {
      text::Append(usage, R"(,"thoughtsTokenCount":)", thoughts);
    }
    return usage + "}";
  }

  std::string_view finish_;
  int prompt_tokens_;
  int cached_tokens_;
  int attachment_tokens_;
  std::string rest_;
};

bool ShowsThoughts(const GeminiReply& r) {
  return r.ask.thoughts == GeminiAsk::Thoughts::kShown &&
         !r.reply.thought.empty();
}

std::string WholeResponse(const GeminiReply& r) {
  std::vector<std::string> parts;
  if (ShowsThoughts(r)) parts.push_back(ThoughtPart(r.reply.thought.Text()));
  for (std::size_t i = 0; i < r.reply.calls.size(); ++i) {
    parts.push_back(CallPart(r.reply, i));
  }
  if (r.reply.calls.empty()) parts.push_back(TextPart(r.reply.text.Text()));
  const int thoughts = r.reply.thought_tokens();
  return Frame(r).Response(absl::StrJoin(parts, ","), Frame::Place::kLast,
                           thoughts, r.reply.output_tokens - thoughts,
                           LogprobsResult(r.reply.text, 0, r.reply.text.size(),
                                          r.ask.ask.alternatives));
}

// Builds a stream's responses in their order. Each counts what was generated
// until then; the last one says why it is.
class Script {
 public:
  Script(const GeminiReply& r, Form form)
      : r_(r),
        form_(form),
        frame_(std::make_shared<const Frame>(r)),
        events_(std::make_unique<EventScript>()) {}

  std::unique_ptr<EventSource> Build() {
    if (ShowsThoughts(r_)) AddThoughts();
    if (!r_.reply.calls.empty()) {
      AddCalls();
    } else if (r_.reply.text.empty()) {
      AddOne(TextPart(""), Frame::Place::kLast, r_.reply.thought_tokens(), 0);
    } else {
      AddText();
    }
    if (form_ == Form::kArray) events_->Add("]");
    return std::move(events_);
  }

 private:
  // What goes before and after a response.
  struct Wrapping {
    std::string_view before;
    std::string_view after;
  };
  Wrapping NextWrapping() {
    if (form_ == Form::kEvents) return {"data: ", "\r\n\r\n"};
    return {std::exchange(begun_, true) ? ",\r\n" : "[", ""};
  }

  void AddOne(const std::string& part, Frame::Place place, int thoughts,
              int candidates) {
    const Wrapping wrapping = NextWrapping();
    std::string event = text::Cat(
        wrapping.before, frame_->Response(part, place, thoughts, candidates),
        wrapping.after);
    events_->AddTokens(1, [event = std::move(event)](
                              std::size_t, std::string& out) { out += event; });
  }

  void AddThoughts() {
    const Speech& thought = r_.reply.thought;
    for (std::size_t i = 0; i < thought.size(); ++i) {
      AddOne(ThoughtPart(thought.Token(i)), Frame::Place::kMiddle,
             static_cast<int>(i) + 1, 0);
    }
  }

  void AddText() {
    const Speech& speech = r_.reply.text;
    const Wrapping first = NextWrapping();
    const Wrapping later = NextWrapping();
    events_->AddTokens(speech.size(), [frame = frame_, speech, first, later,
                                       alternatives = r_.ask.ask.alternatives,
                                       thoughts = r_.reply.thought_tokens()](
                                          std::size_t token, std::string& out) {
      const Wrapping& wrapping = token == 0 ? first : later;
      text::Append(out, wrapping.before,
                   frame->Response(
                       TextPart(speech.Token(token)),
                       token + 1 == speech.size() ? Frame::Place::kLast
                                                  : Frame::Place::kMiddle,
                       thoughts, static_cast<int>(token) + 1,
                       LogprobsResult(speech, token, token + 1, alternatives)),
                   wrapping.after);
    });
  }

  void AddCalls() {
    const std::size_t calls = r_.reply.calls.size();
    const int thoughts = r_.reply.thought_tokens();
    for (std::size_t i = 0; i < calls; ++i) {
      AddOne(CallPart(r_.reply, i),
             i + 1 == calls ? Frame::Place::kLast : Frame::Place::kMiddle,
             thoughts, r_.reply.output_tokens - thoughts);
    }
  }

  const GeminiReply& r_;
  const Form form_;
  std::shared_ptr<const Frame> frame_;
  std::unique_ptr<EventScript> events_;
  bool begun_ = false;
};

}  // namespace

std::string SignatureOfCall(std::string_view name) {
  return absl::Base64Escape(text::Cat("simulated thought before ", name));
}

Answer ContentAnswer(const GeminiReply& r, Form form) {
  Answer answer;
  answer.tokens = r.reply.output_tokens;
  answer.content_type = form == Form::kEvents
                            ? "text/event-stream"
                            : "application/json; charset=UTF-8";
  if (form == Form::kWhole) {
    answer.body = WholeResponse(r);
  } else {
    answer.events = Script(r, form).Build();
  }
  return answer;
}

}  // namespace weir::simprovider
