#include "common/dialect/responses/responses_writer.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "common/concat.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/folded_answer.h"
#include "common/dialect/canonical/logprobs.h"
#include "common/dialect/json_writer.h"
#include "common/dialect/responses/part_logprobs.h"
#include "common/dialect/responses/response_item.h"
#include "common/dialect/responses/response_object.h"
#include "common/dialect/responses/sealed_thought.h"

namespace weir::dialect {
namespace {

using canonical::FinishReason;
using PartKind = ResponsePart::Kind;

// What the events of a part are called.
struct PartNames {
  std::string_view added;
  std::string_view delta;
  std::string_view done;
  std::string_view part_done;
  // Where the part stands in its item.
  std::string_view index;
  // The text, in `done`.
  std::string_view text;
};

const PartNames& NamesOf(PartKind kind) {
  static constexpr PartNames kNames[] = {
      {"response.content_part.added", "response.output_text.delta",
       "response.output_text.done", "response.content_part.done",
       "content_index", "text"},
      {"response.content_part.added", "response.refusal.delta",
       "response.refusal.done", "response.content_part.done", "content_index",
       "refusal"},
      {"response.reasoning_summary_part.added",
       "response.reasoning_summary_text.delta",
       "response.reasoning_summary_text.done",
       "response.reasoning_summary_part.done", "summary_index", "text"}};
  return kNames[static_cast<std::size_t>(kind)];
}

// Only texts for the user have these.
void WriteLogprobs(PartKind kind, std::string_view logprobs, JsonWriter& json) {
  if (kind == PartKind::kText) json.Key("logprobs").Raw(logprobs);
}

}  // namespace

absl::Status ResponsesWriter::WriteWhole(
    std::span<const canonical::AnswerEvent> events, std::string& out) {
  events_.Silence();
  for (const canonical::AnswerEvent& event : events) {
    if (auto status = Take(event, out); !status.ok()) return status;
  }
  JsonWriter json(out);
  WriteResponse(FinalStatus(), nullptr, json);
  return absl::OkStatus();
}

absl::Status ResponsesWriter::WriteEvent(const canonical::AnswerEvent& event,
                                         std::string& out) {
  if (kept_ > kMaxRepeatedAnswer) {
    return absl::ResourceExhaustedError(
        "the answer is larger than its last event may be");
  }
  return Take(event, out);
}

absl::Status ResponsesWriter::Take(const canonical::AnswerEvent& event,
                                   std::string& out) {
  in_order_.clear();
  auto status = sequencer_.Take(event, in_order_);
  for (const canonical::AnswerEvent& next : in_order_) {
    std::visit([this, &out](const auto& specific) { On(specific, out); }, next);
  }
  return status;
}

void ResponsesWriter::WriteError(const ApiError& error, std::string& out) {
  if (!begun_) NameResponse({});
  Begin(out);
  events_.Error(error, out);
  events_.Add("response.failed", out, [&](JsonWriter& json) {
    json.Key("response");
    WriteResponse(ResponseStatus::kFailed, &error, json);
  });
}

void ResponsesWriter::NameResponse(std::string_view provider_id) {
  constexpr std::string_view kPrefix = "resp_";
  id_ = provider_id.empty() ? identity_.id : provider_id;
  if (!id_.starts_with(kPrefix)) id_ = Concat(kPrefix, id_);
}

void ResponsesWriter::Begin(std::string& out) {
  if (begun_) return;
  begun_ = true;
  for (const std::string_view type :
       {"response.created", "response.in_progress"}) {
    events_.Add(type, out, [this](JsonWriter& json) {
      json.Key("response");
      WriteResponse(ResponseStatus::kInProgress, nullptr, json);
    });
  }
}

std::string ResponsesWriter::IdOf(Kind kind) const {
  // As much as keeps ids within the 64 letters that the API takes back.
  constexpr std::size_t kTail = 40;
  std::string_view tail = id_;
  tail.remove_prefix(tail.find('_') + 1);
  tail.remove_prefix(tail.size() - std::min(tail.size(), kTail));
  return Concat(IdPrefix(kind), tail, "_", items_.size());
}

ResponseItem ResponsesWriter::NewItem(Kind kind) const {
  return {.kind = kind, .id = IdOf(kind)};
}

ResponseItem ResponsesWriter::NewCall(
    const canonical::ToolCallBegun& begun) const {
  ResponseItem call{.kind = Kind::kCall};
  call.call_id =
      begun.id.empty() ? CallId(identity_, begun.call) : std::string(begun.id);
  call.name = begun.name;
  for (const canonical::RenamedTool& tool : identity_.renamed_tools) {
    if (tool.name != begun.name) continue;
    call.name = tool.own_name;
    call.name_space = tool.own_namespace;
    if (tool.takes_text) call.kind = Kind::kCustomCall;
    break;
  }
  call.id = IdOf(call.kind);
  return call;
}

void ResponsesWriter::WriteItemPlace(JsonWriter& json) const {
  json.Key("item_id").String(items_.back().id);
  json.Key("output_index").Number(items_.size() - 1);
}

void ResponsesWriter::WritePartPlace(JsonWriter& json) const {
  const auto& parts = items_.back().parts;
  WriteItemPlace(json);
  json.Key(NamesOf(parts.back().kind).index).Number(parts.size() - 1);
}

void ResponsesWriter::Open(ResponseItem item, std::string& out) {
  Close(ResponseStatus::kCompleted, out);
  open_ = true;
  kept_ += sizeof(item) + item.name.size();
  items_.push_back(std::move(item));
  events_.Add("response.output_item.added", out, [this](JsonWriter& json) {
    json.Key("output_index").Number(items_.size() - 1).Key("item");
    WriteItemBegun(items_.back(), json);
  });
}

void ResponsesWriter::Close(ResponseStatus status, std::string& out) {
  if (!open_) return;
  open_ = false;
  ClosePart(out);
  ResponseItem& item = items_.back();
  item.status = status;
  if (item.kind == Kind::kCall) {
    events_.Add("response.function_call_arguments.done", out,
                [&](JsonWriter& json) {
                  WriteItemPlace(json);
                  json.Key("name").String(item.name);
                  json.Key("arguments").String(ArgumentsOf(item));
                });
  } else if (item.kind == Kind::kCustomCall) {
    EndInput(out);
  }
  events_.Add("response.output_item.done", out, [&](JsonWriter& json) {
    json.Key("output_index").Number(items_.size() - 1).Key("item");
    WriteItem(item, json);
  });
}

void ResponsesWriter::AddSealed(std::string sealed, std::string& out) {
  ResponseItem item = NewItem(Kind::kReasoning);
  kept_ += sealed.size();
  item.sealed = std::move(sealed);
  Open(std::move(item), out);
  Close(ResponseStatus::kCompleted, out);
}

void ResponsesWriter::OpenPart(PartKind kind, std::string& out) {
  const Kind of =
      kind == PartKind::kThought ? Kind::kReasoning : Kind::kMessage;
  if (!open_ || items_.back().kind != of) Open(NewItem(of), out);
  auto& parts = items_.back().parts;
  if (!parts.empty() && parts.back().kind == kind) return;
  ClosePart(out);
  parts.push_back({kind});
  events_.Add(NamesOf(kind).added, out, [&](JsonWriter& json) {
    WritePartPlace(json);
    json.Key("part");
    WritePart(parts.back(), json);
  });
}

void ResponsesWriter::ClosePart(std::string& out) {
  if (items_.back().parts.empty()) return;
  const ResponsePart& part = items_.back().parts.back();
  const PartNames& names = NamesOf(part.kind);
  events_.Add(names.done, out, [&](JsonWriter& json) {
    WritePartPlace(json);
    json.Key(names.text).String(part.text);
    WriteLogprobs(part.kind, part.logprobs, json);
  });
  events_.Add(names.part_done, out, [&](JsonWriter& json) {
    WritePartPlace(json);
    json.Key("part");
    WritePart(part, json);
  });
}

void ResponsesWriter::Say(PartKind kind, std::string_view text,
                          const canonical::Logprobs* logprobs,
                          std::string& out) {
  OpenPart(kind, out);
  ResponsePart& part = items_.back().parts.back();
  part.text += text;
  const std::string tokens = LogprobList(logprobs);
  JoinLists(tokens, part.logprobs);
  kept_ += text.size() + tokens.size();
  events_.Add(NamesOf(kind).delta, out, [&](JsonWriter& json) {
    WritePartPlace(json);
    json.Key("delta").String(text);
    WriteLogprobs(kind, tokens, json);
  });
}

void ResponsesWriter::On(const canonical::Started& started, std::string& out) {
  NameResponse(started.id);
  Begin(out);
}

void ResponsesWriter::On(const canonical::TextDelta& delta, std::string& out) {
  Say(PartKind::kText, delta.text, delta.logprobs, out);
}

void ResponsesWriter::On(const canonical::RefusalDelta& delta,
                         std::string& out) {
  refused_ = true;
  Say(PartKind::kRefusal, delta.text, nullptr, out);
}

void ResponsesWriter::On(const canonical::ThinkingDelta& delta,
                         std::string& out) {
  Say(PartKind::kThought, delta.text, nullptr, out);
}

void ResponsesWriter::On(const canonical::ThinkingSignature& signature,
                         std::string& out) {
  const bool thought = open_ && items_.back().kind == Kind::kReasoning;
  if (identity_.wants_sealed_thoughts) {
    std::string sealed =
        EncryptedContentOf({SealKind::kSignature, signature.signature});
    if (!thought) return AddSealed(std::move(sealed), out);
    kept_ += sealed.size();
    items_.back().sealed = std::move(sealed);
  }
  if (thought) Close(ResponseStatus::kCompleted, out);
}

void ResponsesWriter::On(const canonical::RedactedThinking& redacted,
                         std::string& out) {
  if (!identity_.wants_sealed_thoughts) return;
  AddSealed(EncryptedContentOf({SealKind::kRedacted, redacted.data}), out);
}

void ResponsesWriter::On(const canonical::ToolCallBegun& begun,
                         std::string& out) {
  if (identity_.wants_sealed_thoughts && !begun.thought_signature.empty()) {
    AddSealed(
        EncryptedContentOf({SealKind::kCallSignature, begun.thought_signature}),
        out);
  }
  Open(NewCall(begun), out);
}

void ResponsesWriter::AddInput(std::string_view json, std::string& out) {
  ResponseItem& item = items_.back();
  const std::size_t before = item.input.size();
  input_.Feed(json, item.input);
  kept_ += item.input.size() - before;
  // Kept until it is clear that they are what the tool's schema says.
  if (input_.found()) {
    item.arguments.clear();
  } else {
    item.arguments += json;
    kept_ += json.size();
  }
  if (item.input.size() == before) return;
  events_.Add("response.custom_tool_call_input.delta", out,
              [&](JsonWriter& json_out) {
                WriteItemPlace(json_out);
                json_out.Key("delta").String(
                    std::string_view(item.input).substr(before));
              });
}

void ResponsesWriter::EndInput(std::string& out) {
  ResponseItem& item = items_.back();
  // What else the model said is better than nothing: the tool will tell it.
  if (!input_.found()) item.input = std::exchange(item.arguments, {});
  input_ = InputText();
  events_.Add("response.custom_tool_call_input.done", out,
              [&](JsonWriter& json) {
                WriteItemPlace(json);
                json.Key("input").String(item.input);
              });
}

void ResponsesWriter::On(const canonical::ToolArguments& arguments,
                         std::string& out) {
  if (items_.back().kind == Kind::kCustomCall) {
    return AddInput(arguments.json, out);
  }
  items_.back().arguments += arguments.json;
  kept_ += arguments.json.size();
  events_.Add("response.function_call_arguments.delta", out,
              [&](JsonWriter& json) {
                WriteItemPlace(json);
                json.Key("delta").String(arguments.json);
              });
}

void ResponsesWriter::On(const canonical::ToolCallEnded& /*ended*/,
                         std::string& out) {
  // Ended by the end of the answer, it may have been cut off.
  Close(FinalStatus(), out);
}

void ResponsesWriter::On(const canonical::Finished& finished,
                         std::string& /*out*/) {
  reason_ = finished.reason;
}

void ResponsesWriter::On(const canonical::Counted& counted,
                         std::string& /*out*/) {
  usage_ = counted.usage;
}

void ResponsesWriter::On(const canonical::Ended& /*ended*/, std::string& out) {
  ended_ = true;
  const ResponseStatus status = FinalStatus();
  // What was cut off is the last item.
  Close(status, out);
  events_.Add(status == ResponseStatus::kCompleted ? "response.completed"
                                                   : "response.incomplete",
              out, [&](JsonWriter& json) {
                json.Key("response");
                WriteResponse(status, nullptr, json);
              });
}

void ResponsesWriter::On(const canonical::StillAlive& /*alive*/,
                         std::string& out) {
  out += ": still there\n\n";
}

ResponseStatus ResponsesWriter::FinalStatus() const {
  // A refusal in words is an answer.
  const bool cut = reason_ == FinishReason::kLength ||
                   (reason_ == FinishReason::kFiltered && !refused_);
  return cut ? ResponseStatus::kIncomplete : ResponseStatus::kCompleted;
}

void ResponsesWriter::WriteResponse(ResponseStatus status,
                                    const ApiError* error,
                                    JsonWriter& json) const {
  dialect::WriteResponse({identity_, id_, status, reason_, items_, error,
                          ended_ ? &usage_ : nullptr},
                         json);
}

}  // namespace weir::dialect
