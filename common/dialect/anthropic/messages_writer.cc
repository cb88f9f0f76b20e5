#include "common/dialect/anthropic/messages_writer.h"

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "common/concat.h"
#include "common/dialect/anthropic/anthropic_usage.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/arguments.h"
#include "common/dialect/canonical/folded_answer.h"
#include "common/dialect/dialect.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {
namespace {

using canonical::FinishReason;
using canonical::FoldedAnswer;
using canonical::FoldedPart;
using Kind = canonical::FoldedPart::Kind;

std::string_view NameOf(FinishReason reason) {
  switch (reason) {
    case FinishReason::kStop:
      return "end_turn";
    case FinishReason::kStopSequence:
      return "stop_sequence";
    case FinishReason::kLength:
      return "max_tokens";
    case FinishReason::kToolCalls:
      return "tool_use";
    case FinishReason::kFiltered:
      return "refusal";
    case FinishReason::kPaused:
      return "pause_turn";
  }
  return "end_turn";
}

void WriteStop(FinishReason reason, std::string_view stop_sequence,
               JsonWriter& json) {
  json.Key("stop_reason").String(NameOf(reason)).Key("stop_sequence");
  if (stop_sequence.empty()) {
    json.Null();
  } else {
    json.String(stop_sequence);
  }
}

// `content_block` of a call that begins.
std::string CallBlock(std::string_view id, std::string_view name,
                      std::string_view input) {
  std::string block;
  JsonWriter json(block);
  json.BeginObject().Key("type").Word("tool_use").Key("id").String(id);
  json.Key("name").String(name).Key("input").Raw(input).EndObject();
  return block;
}

std::string RedactedBlock(std::string_view data) {
  std::string block;
  JsonWriter json(block);
  json.BeginObject().Key("type").Word("redacted_thinking");
  json.Key("data").String(data).EndObject();
  return block;
}

void WriteTextBlock(const FoldedPart& part, JsonWriter& json) {
  json.BeginObject().Key("type").Word("text");
  json.Key("text").String(part.text).EndObject();
}

void WriteThinkingBlock(const FoldedPart& part, JsonWriter& json) {
  json.BeginObject().Key("type").Word("thinking");
  json.Key("thinking").String(part.text);
  json.Key("signature").String(part.signature).EndObject();
}

absl::Status WriteContent(const FoldedAnswer& answer,
                          const canonical::AnswerIdentity& identity,
                          JsonWriter& json) {
  std::uint32_t call = 0;
  for (const FoldedPart& part : answer.parts) {
    switch (part.kind) {
      case Kind::kText:
      case Kind::kRefusal:
        WriteTextBlock(part, json);
        break;
      case Kind::kThinking:
        WriteThinkingBlock(part, json);
        break;
      case Kind::kRedacted:
        json.Raw(RedactedBlock(part.text));
        break;
      case Kind::kCall: {
        const auto input = canonical::ArgumentsObject(part.text);
        if (!input.ok()) return input.status();
        json.Raw(CallBlock(
            part.id.empty() ? CallId(identity, call) : std::string(part.id),
            part.name, *input));
        ++call;
        break;
      }
    }
  }
  return absl::OkStatus();
}

constexpr std::string_view kTextBlock = R"({"type":"text","text":""})";
constexpr std::string_view kThinkingBlock =
    R"({"type":"thinking","thinking":"","signature":""})";

}  // namespace

absl::Status MessagesWriter::WriteWhole(
    std::span<const canonical::AnswerEvent> events, std::string& out) {
  const FoldedAnswer answer = canonical::Fold(events);
  JsonWriter json(out);
  json.BeginObject().Key("id").String(answer.id.empty() ? identity_.id
                                                        : answer.id);
  json.Key("type").Word("message").Key("role").Word("assistant");
  json.Key("model").String(identity_.model).Key("content").BeginArray();
  if (auto status = WriteContent(answer, identity_, json); !status.ok()) {
    return status;
  }
  json.EndArray();
  WriteStop(answer.reason(),
            answer.finished.has_value() ? answer.finished->stop_sequence : "",
            json);
  json.Key("usage");
  WriteAnthropicUsage(answer.usage, json);
  json.EndObject();
  return absl::OkStatus();
}

absl::Status MessagesWriter::WriteEvent(const canonical::AnswerEvent& event,
                                        std::string& out) {
  in_order_.clear();
  auto status = sequencer_.Take(event, in_order_);
  for (const canonical::AnswerEvent& next : in_order_) {
    std::visit([this, &out](const auto& specific) { On(specific, out); }, next);
  }
  return status;
}

void MessagesWriter::WriteError(const ApiError& error, std::string& out) {
  out += Anthropic().ErrorEvent(error);
}

void MessagesWriter::On(const canonical::Started& started,
                        std::string& /*out*/) {
  id_ = started.id.empty() ? identity_.id : started.id;
}

void MessagesWriter::Begin(std::string& out) {
  if (begun_) return;
  begun_ = true;
  canonical::Usage usage = usage_;
  // Clients that reckon with it take 0 for a mistake.
  if (!usage.fresh_input.has_value()) {
    usage.fresh_input = identity_.input_tokens;
  }
  out += "event: message_start\ndata: ";
  JsonWriter json(out);
  json.BeginObject().Key("type").Word("message_start").Key("message");
  json.BeginObject().Key("id").String(id_).Key("type").Word("message");
  json.Key("role").Word("assistant").Key("model").String(identity_.model);
  json.Key("content").BeginArray().EndArray().Key("stop_reason").Null();
  json.Key("stop_sequence").Null().Key("usage");
  WriteAnthropicUsage(usage, json);
  json.EndObject().EndObject();
  out += "\n\n";
}

void MessagesWriter::Open(Block block, std::string_view content_block,
                          std::string& out) {
  Begin(out);
  Close(out);
  block_ = block;
  Append(out,
         "event: content_block_start\n"
         "data: {\"type\":\"content_block_start\",\"index\":",
         index_, ",\"content_block\":", content_block, "}\n\n");
}

void MessagesWriter::Ensure(Block block, std::string_view content_block,
                            std::string& out) {
  if (block_ != block) Open(block, content_block, out);
}

void MessagesWriter::Close(std::string& out) {
  if (block_ == Block::kNone) return;
  block_ = Block::kNone;
  Append(out,
         "event: content_block_stop\n"
         "data: {\"type\":\"content_block_stop\",\"index\":",
         index_, "}\n\n");
  ++index_;
}

void MessagesWriter::Delta(std::string_view type, std::string_view member,
                           std::string_view text, std::string& out) const {
  Append(out,
         "event: content_block_delta\n"
         "data: {\"type\":\"content_block_delta\",\"index\":",
         index_, ",\"delta\":{\"type\":\"", type, "\",\"", member, "\":");
  AppendJsonString(text, out);
  out += "}}\n\n";
}

void MessagesWriter::On(const canonical::TextDelta& delta, std::string& out) {
  // Some servers tell of log probabilities unasked, beside no text.
  if (delta.text.empty()) return;
  Ensure(Block::kText, kTextBlock, out);
  Delta("text_delta", "text", delta.text, out);
}

void MessagesWriter::On(const canonical::RefusalDelta& delta,
                        std::string& out) {
  refused_ = true;
  On(canonical::TextDelta{delta.text}, out);
}

void MessagesWriter::On(const canonical::ThinkingDelta& delta,
                        std::string& out) {
  Ensure(Block::kThinking, kThinkingBlock, out);
  Delta("thinking_delta", "thinking", delta.text, out);
}

void MessagesWriter::On(const canonical::ThinkingSignature& signature,
                        std::string& out) {
  Ensure(Block::kThinking, kThinkingBlock, out);
  Delta("signature_delta", "signature", signature.signature, out);
  Close(out);
}

void MessagesWriter::On(const canonical::RedactedThinking& redacted,
                        std::string& out) {
  Open(Block::kThinking, RedactedBlock(redacted.data), out);
  Close(out);
}

void MessagesWriter::On(const canonical::ToolCallBegun& begun,
                        std::string& out) {
  called_ = true;
  const std::string id =
      begun.id.empty() ? CallId(identity_, begun.call) : std::string(begun.id);
  Open(Block::kCall, CallBlock(id, begun.name, "{}"), out);
}

void MessagesWriter::On(const canonical::ToolArguments& arguments,
                        std::string& out) {
  Delta("input_json_delta", "partial_json", arguments.json, out);
}

void MessagesWriter::On(const canonical::ToolCallEnded& /*ended*/,
                        std::string& out) {
  Close(out);
}

void MessagesWriter::On(const canonical::Finished& finished,
                        std::string& /*out*/) {
  reason_ = finished.reason;
  stop_sequence_ = finished.stop_sequence;
}

void MessagesWriter::On(const canonical::Counted& counted,
                        std::string& /*out*/) {
  usage_ = counted.usage;
}

void MessagesWriter::On(const canonical::Ended& /*ended*/, std::string& out) {
  Begin(out);
  Close(out);
  reason_ = canonical::ReasonBehind(reason_, called_, refused_);
  out += "event: message_delta\ndata: ";
  JsonWriter json(out);
  json.BeginObject().Key("type").Word("message_delta").Key("delta");
  json.BeginObject();
  WriteStop(reason_, stop_sequence_, json);
  json.EndObject().Key("usage");
  WriteAnthropicUsage(usage_, json);
  json.EndObject();
  out += "\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
}

void MessagesWriter::On(const canonical::StillAlive& /*alive*/,
                        std::string& out) {
  Begin(out);
  out += "event: ping\ndata: {\"type\":\"ping\"}\n\n";
}

}  // namespace weir::dialect
