#include "common/dialect/gemini/generate_writer.h"

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "common/concat.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/arguments.h"
#include "common/dialect/canonical/folded_answer.h"
#include "common/dialect/dialect.h"
#include "common/dialect/gemini/gemini_usage.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {
namespace {

using canonical::FinishReason;
using canonical::FoldedPart;
using Kind = canonical::FoldedPart::Kind;

// A call is a STOP here.
std::string_view NameOf(FinishReason reason) {
  switch (reason) {
    case FinishReason::kLength:
      return "MAX_TOKENS";
    case FinishReason::kFiltered:
      return "SAFETY";
    default:
      return "STOP";
  }
}

std::string TextPart(std::string_view text) {
  std::string part;
  JsonWriter(part).BeginObject().Key("text").String(text).EndObject();
  return part;
}

std::string ThoughtPart(std::string_view text) {
  std::string part;
  JsonWriter json(part);
  json.BeginObject().Key("text").String(text).Key("thought").Bool(true);
  json.EndObject();
  return part;
}

absl::StatusOr<std::string> CallPart(std::string_view id, std::string_view name,
                                     std::string_view arguments,
                                     std::string_view signature) {
  const auto object = canonical::ArgumentsObject(arguments);
  if (!object.ok()) return object.status();
  std::string part;
  JsonWriter json(part);
  json.BeginObject().Key("functionCall").BeginObject();
  if (!id.empty()) json.Key("id").String(id);
  json.Key("name").String(name).Key("args").Raw(*object).EndObject();
  if (!signature.empty()) json.Key("thoughtSignature").String(signature);
  json.EndObject();
  return part;
}

// Empty for what Gemini has no part for.
absl::StatusOr<std::string> PartOf(const FoldedPart& part) {
  switch (part.kind) {
    case Kind::kText:
    case Kind::kRefusal:
      return TextPart(part.text);
    case Kind::kThinking:
      return part.text.empty() ? std::string() : ThoughtPart(part.text);
    case Kind::kRedacted:
      return std::string();
    case Kind::kCall:
      return CallPart(part.id, part.name, part.text, part.signature);
  }
  return std::string();
}

// `,"modelVersion":"m","responseId":"id"}`
std::string SuffixOf(const canonical::AnswerIdentity& identity,
                     std::string_view id) {
  std::string suffix = R"(,"modelVersion":)";
  AppendJsonString(identity.model, suffix);
  suffix += R"(,"responseId":)";
  AppendJsonString(id.empty() ? identity.id : id, suffix);
  suffix += '}';
  return suffix;
}

constexpr std::string_view kBegin = R"({"candidates":[{"content":{"parts":[)";
constexpr std::string_view kBehindParts = R"(],"role":"model"})";

// From behind the parts to behind the usage.
std::string EndOf(FinishReason reason, const MeanLogprob& mean,
                  const canonical::Usage& usage) {
  std::string end = Concat(R"(,"finishReason":")", NameOf(reason), "\"");
  mean.AppendTo(end);
  end += R"(,"index":0}],"usageMetadata":)";
  JsonWriter json(end);
  WriteGeminiUsage(usage, json);
  return end;
}

}  // namespace

absl::Status GenerateWriter::WriteWhole(
    std::span<const canonical::AnswerEvent> events, std::string& out) {
  const canonical::FoldedAnswer answer = canonical::Fold(events);
  out += kBegin;
  JsonWriter parts(out);
  for (const FoldedPart& part : answer.parts) {
    const auto written = PartOf(part);
    if (!written.ok()) return written.status();
    if (!written->empty()) parts.Raw(*written);
  }
  out += kBehindParts;
  AppendLogprobsResult(answer.logprobs, out);
  MeanLogprob mean;
  for (const canonical::Logprobs* some : answer.logprobs) mean.Add(*some);
  Append(out, EndOf(answer.reason(), mean, answer.usage),
         SuffixOf(identity_, answer.id));
  return absl::OkStatus();
}

absl::Status GenerateWriter::WriteEvent(const canonical::AnswerEvent& event,
                                        std::string& out) {
  in_order_.clear();
  if (auto status = sequencer_.Take(event, in_order_); !status.ok()) {
    return status;
  }
  for (const canonical::AnswerEvent& next : in_order_) {
    const auto on = [this, &out](const auto& specific) {
      return On(specific, out);
    };
    if (auto status = std::visit(on, next); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void GenerateWriter::WriteError(const ApiError& error, std::string& out) {
  out += Gemini().ErrorEvent(error);
}

void GenerateWriter::Chunk(std::string_view part, std::string_view behind,
                           std::string& out) const {
  Append(out, "data: ", kBegin, part, kBehindParts, behind, suffix_, "\n\n");
}

absl::Status GenerateWriter::On(const canonical::Started& started,
                                std::string& /*out*/) {
  suffix_ = SuffixOf(identity_, started.id);
  return absl::OkStatus();
}

absl::Status GenerateWriter::On(const canonical::TextDelta& delta,
                                std::string& out) {
  if (delta.logprobs == nullptr) {
    Chunk(TextPart(delta.text), R"(,"index":0}])", out);
    return absl::OkStatus();
  }
  mean_logprob_.Add(*delta.logprobs);
  std::string behind = R"(,"index":0)";
  AppendLogprobsResult({&delta.logprobs, 1}, behind);
  behind += "}]";
  Chunk(TextPart(delta.text), behind, out);
  return absl::OkStatus();
}

absl::Status GenerateWriter::On(const canonical::RefusalDelta& delta,
                                std::string& out) {
  refused_ = true;
  return On(canonical::TextDelta{delta.text}, out);
}

absl::Status GenerateWriter::On(const canonical::ThinkingDelta& delta,
                                std::string& out) {
  Chunk(ThoughtPart(delta.text), R"(,"index":0}])", out);
  return absl::OkStatus();
}

absl::Status GenerateWriter::On(const canonical::ToolCallBegun& begun,
                                std::string& /*out*/) {
  call_ = {std::string(begun.id),
           std::string(begun.name),
           std::string(begun.thought_signature),
           {}};
  return absl::OkStatus();
}

absl::Status GenerateWriter::On(const canonical::ToolArguments& arguments,
                                std::string& /*out*/) {
  if (call_.arguments.size() + arguments.json.size() >
      canonical::kMaxKeptBack) {
    return absl::ResourceExhaustedError("a tool call's arguments are too long");
  }
  call_.arguments += arguments.json;
  return absl::OkStatus();
}

absl::Status GenerateWriter::On(const canonical::ToolCallEnded& /*ended*/,
                                std::string& out) {
  const auto part =
      CallPart(call_.id, call_.name, call_.arguments, call_.thought_signature);
  if (!part.ok()) return part.status();
  Chunk(*part, R"(,"index":0}])", out);
  return absl::OkStatus();
}

absl::Status GenerateWriter::On(const canonical::Finished& finished,
                                std::string& /*out*/) {
  reason_ = finished.reason;
  return absl::OkStatus();
}

absl::Status GenerateWriter::On(const canonical::Counted& counted,
                                std::string& /*out*/) {
  usage_ = counted.usage;
  return absl::OkStatus();
}

absl::Status GenerateWriter::On(const canonical::Ended& /*ended*/,
                                std::string& out) {
  const FinishReason reason =
      canonical::ReasonBehind(reason_, /*called=*/false, refused_);
  Chunk(TextPart(""), EndOf(reason, mean_logprob_, usage_), out);
  return absl::OkStatus();
}

}  // namespace weir::dialect
