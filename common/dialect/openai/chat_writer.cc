#include "common/dialect/openai/chat_writer.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "common/concat.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/folded_answer.h"
#include "common/dialect/dialect.h"
#include "common/dialect/json_writer.h"
#include "common/dialect/openai/chat_logprobs.h"
#include "common/dialect/openai/openai_usage.h"

namespace weir::dialect {
namespace {

using canonical::FinishReason;
using canonical::FoldedAnswer;
using canonical::FoldedPart;
using Kind = canonical::FoldedPart::Kind;

std::string_view NameOf(FinishReason reason) {
  switch (reason) {
    case FinishReason::kLength:
      return "length";
    case FinishReason::kToolCalls:
      return "tool_calls";
    case FinishReason::kFiltered:
      return "content_filter";
    default:
      return "stop";
  }
}

void WriteReason(FinishReason reason, std::string_view native,
                 JsonWriter& json) {
  const std::string_view name = NameOf(reason);
  json.Key("finish_reason").String(name);
  if (!native.empty() && native != name) {
    json.Key("native_finish_reason").String(native);
  }
}

void WriteThinkingBlock(std::string_view thought, std::string_view signature,
                        JsonWriter& json) {
  json.BeginObject().Key("type").Word("thinking");
  json.Key("thinking").String(thought);
  json.Key("signature").String(signature).EndObject();
}

void WriteRedactedBlock(std::string_view data, JsonWriter& json) {
  json.BeginObject().Key("type").Word("redacted_thinking");
  json.Key("data").String(data).EndObject();
}

// A call, without what encloses it; `index` in chunks only.
void WriteCall(std::string_view id, std::string_view name,
               std::string_view arguments, std::string_view signature,
               JsonWriter& json) {
  json.Key("id").String(id).Key("type").Word("function");
  json.Key("function").BeginObject().Key("name").String(name);
  json.Key("arguments").String(arguments).EndObject();
  if (signature.empty()) return;
  json.Key("extra_content").BeginObject().Key("google").BeginObject();
  json.Key("thought_signature").String(signature).EndObject().EndObject();
}

// All parts of one kind, joined; in `joined` where there are several.
std::string_view TextOf(const FoldedAnswer& answer, Kind kind,
                        std::string& joined) {
  std::string_view text;
  for (const FoldedPart& part : answer.parts) {
    if (part.kind != kind || part.text.empty()) continue;
    if (text.empty()) {
      text = part.text;
      continue;
    }
    if (joined.empty()) joined = text;
    joined += part.text;
    text = joined;
  }
  return text;
}

void WriteTexts(const FoldedAnswer& answer, JsonWriter& json) {
  std::string text_joined;
  std::string refusal_joined;
  const auto text = TextOf(answer, Kind::kText, text_joined);
  const auto refusal = TextOf(answer, Kind::kRefusal, refusal_joined);
  json.Key("content");
  if (text.empty() && (answer.HasCalls() || !refusal.empty())) {
    json.Null();
  } else {
    json.String(text);
  }
  json.Key("refusal").StringOrNull(refusal);
  std::string thoughts_joined;
  const auto thoughts = TextOf(answer, Kind::kThinking, thoughts_joined);
  if (!thoughts.empty()) json.Key("reasoning_content").String(thoughts);
}

void WriteThinkingBlocks(const FoldedAnswer& answer, JsonWriter& json) {
  bool begun = false;
  for (const FoldedPart& part : answer.parts) {
    const bool is_signed =
        part.kind == Kind::kThinking && !part.signature.empty();
    if (!is_signed && part.kind != Kind::kRedacted) continue;
    if (!begun) json.Key("thinking_blocks").BeginArray();
    begun = true;
    if (is_signed) {
      WriteThinkingBlock(part.text, part.signature, json);
    } else {
      WriteRedactedBlock(part.text, json);
    }
  }
  if (begun) json.EndArray();
}

// Of all text; null where nobody asked for them.
void WriteLogprobs(std::span<const canonical::Logprobs* const> logprobs,
                   JsonWriter& json) {
  if (logprobs.empty()) {
    json.Null();
    return;
  }
  json.BeginObject().Key("content").BeginArray();
  for (const canonical::Logprobs* some : logprobs) {
    WriteTokenLogprobs(*some, json);
  }
  json.EndArray().Key("refusal").Null().EndObject();
}

void WriteCalls(const FoldedAnswer& answer,
                const canonical::AnswerIdentity& identity, JsonWriter& json) {
  if (!answer.HasCalls()) return;
  json.Key("tool_calls").BeginArray();
  std::uint32_t call = 0;
  for (const FoldedPart& part : answer.parts) {
    if (part.kind != Kind::kCall) continue;
    json.BeginObject();
    WriteCall(part.id.empty() ? CallId(identity, call) : std::string(part.id),
              part.name, part.text.empty() ? "{}" : part.text, part.signature,
              json);
    json.EndObject();
    ++call;
  }
  json.EndArray();
}

}  // namespace

void ChatWriter::Begin(std::string_view id, std::string_view object,
                       JsonWriter& json) const {
  json.BeginObject().Key("id").String(id.empty() ? identity_.id : id);
  json.Key("object").String(object).Key("created").Number(identity_.created);
  json.Key("model").String(identity_.model);
  json.Key("choices").BeginArray();
}

absl::Status ChatWriter::WriteWhole(
    std::span<const canonical::AnswerEvent> events, std::string& out) {
  const FoldedAnswer answer = canonical::Fold(events);
  JsonWriter json(out);
  Begin(answer.id, "chat.completion", json);
  json.BeginObject().Key("index").Number(0).Key("message").BeginObject();
  json.Key("role").Word("assistant");
  WriteTexts(answer, json);
  WriteThinkingBlocks(answer, json);
  WriteCalls(answer, identity_, json);
  json.EndObject().Key("logprobs");
  WriteLogprobs(answer.logprobs, json);
  // A refusal is a `stop` here, with words of its own.
  WriteReason(canonical::ReasonBehind(answer.said_reason(), answer.HasCalls(),
                                      /*refused=*/false),
              answer.native_reason(), json);
  json.EndObject().EndArray().Key("usage");
  WriteChatUsage(answer.usage, json);
  json.EndObject();
  return absl::OkStatus();
}

absl::Status ChatWriter::WriteEvent(const canonical::AnswerEvent& event,
                                    std::string& out) {
  std::visit([this, &out](const auto& specific) { On(specific, out); }, event);
  return absl::OkStatus();
}

void ChatWriter::WriteError(const ApiError& error, std::string& out) {
  out += OpenAi().ErrorEvent(error);
}

void ChatWriter::TextChunk(std::string_view member, std::string_view text,
                           std::string_view behind, std::string& out) const {
  Append(out, prefix_, "{\"", member, "\":");
  AppendJsonString(text, out);
  Append(out, "}", behind, suffix_);
}

void ChatWriter::On(const canonical::Started& started, std::string& out) {
  prefix_ = "data: ";
  {
    // Nothing of this is closed before the delta is there.
    JsonWriter json(prefix_);
    Begin(started.id, "chat.completion.chunk", json);
    json.BeginObject().Key("index").Number(0).Key("delta");
  }
  // With the usage behind the last chunk, all before it say that it is to come.
  suffix_ = identity_.stream_usage
                ? ",\"finish_reason\":null}],\"usage\":null}\n\n"
                : ",\"finish_reason\":null}]}\n\n";
  Append(out, prefix_, R"({"role":"assistant","content":""})", suffix_);
}

void ChatWriter::On(const canonical::TextDelta& delta, std::string& out) {
  if (delta.logprobs == nullptr) {
    return TextChunk("content", delta.text, {}, out);
  }
  std::string logprobs = R"(,"logprobs":)";
  {
    JsonWriter json(logprobs);
    WriteLogprobs({&delta.logprobs, 1}, json);
  }
  TextChunk("content", delta.text, logprobs, out);
}

void ChatWriter::On(const canonical::RefusalDelta& delta, std::string& out) {
  TextChunk("refusal", delta.text, {}, out);
}

void ChatWriter::On(const canonical::ThinkingDelta& delta, std::string& out) {
  TextChunk("reasoning_content", delta.text, {}, out);
  if (thought_.size() < canonical::kMaxKeptBack) thought_ += delta.text;
}

void ChatWriter::On(const canonical::ThinkingSignature& signature,
                    std::string& out) {
  // A thought that is not kept whole can't be given back, signed or not.
  if (thought_.size() < canonical::kMaxKeptBack) {
    out += prefix_;
    JsonWriter json(out);
    json.BeginObject().Key("thinking_blocks").BeginArray();
    WriteThinkingBlock(thought_, signature.signature, json);
    json.EndArray().EndObject();
    out += suffix_;
  }
  thought_.clear();
}

void ChatWriter::On(const canonical::RedactedThinking& redacted,
                    std::string& out) {
  out += prefix_;
  JsonWriter json(out);
  json.BeginObject().Key("thinking_blocks").BeginArray();
  WriteRedactedBlock(redacted.data, json);
  json.EndArray().EndObject();
  out += suffix_;
}

void ChatWriter::On(const canonical::ToolCallBegun& begun, std::string& out) {
  called_ = true;
  out += prefix_;
  JsonWriter json(out);
  json.BeginObject().Key("tool_calls").BeginArray().BeginObject();
  json.Key("index").Number(begun.call);
  WriteCall(
      begun.id.empty() ? CallId(identity_, begun.call) : std::string(begun.id),
      begun.name, "", begun.thought_signature, json);
  json.EndObject().EndArray().EndObject();
  out += suffix_;
}

void ChatWriter::On(const canonical::ToolArguments& arguments,
                    std::string& out) {
  Append(out, prefix_, R"({"tool_calls":[{"index":)", arguments.call,
         R"(,"function":{"arguments":)");
  AppendJsonString(arguments.json, out);
  Append(out, "}}]}", suffix_);
}

void ChatWriter::On(const canonical::Finished& finished, std::string& /*out*/) {
  reason_ = finished.reason;
  native_reason_ = finished.native;
}

void ChatWriter::On(const canonical::Counted& counted, std::string& /*out*/) {
  usage_ = counted.usage;
}

void ChatWriter::On(const canonical::Ended& /*ended*/, std::string& out) {
  // A refusal is a `stop` here, with words of its own.
  reason_ = canonical::ReasonBehind(reason_, called_, /*refused=*/false);
  Append(out, prefix_, "{},");
  JsonWriter reason(out);
  WriteReason(reason_, native_reason_, reason);
  out += identity_.stream_usage ? "}],\"usage\":null}\n\n" : "}]}\n\n";
  if (identity_.stream_usage) {
    // As the others up to `choices`, of which there are none.
    const std::string_view begin =
        std::string_view(prefix_).substr(0, prefix_.rfind(R"("choices")"));
    Append(out, begin, R"("choices":[],"usage":)");
    JsonWriter usage(out);
    WriteChatUsage(usage_, usage);
    out += "}\n\n";
  }
  out += "data: [DONE]\n\n";
}

void ChatWriter::On(const canonical::StillAlive& /*alive*/, std::string& out) {
  out += ": still there\n\n";
}

}  // namespace weir::dialect
