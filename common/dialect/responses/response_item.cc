#include "common/dialect/responses/response_item.h"

#include <span>
#include <string_view>

#include "common/dialect/json_writer.h"

namespace weir::dialect {
namespace {

using Kind = ResponseItem::Kind;

void WriteParts(std::span<const ResponsePart> parts, JsonWriter& json) {
  json.BeginArray();
  for (const ResponsePart& part : parts) WritePart(part, json);
  json.EndArray();
}

void WriteCallBegin(const ResponseItem& item, JsonWriter& json) {
  json.Key("status").String(NameOf(item.status));
  json.Key("call_id").String(item.call_id).Key("name").String(item.name);
  if (!item.name_space.empty()) {
    json.Key("namespace").String(item.name_space);
  }
}

void Write(const ResponseItem& item, std::span<const ResponsePart> parts,
           std::string_view arguments, JsonWriter& json) {
  json.BeginObject().Key("id").String(item.id).Key("type");
  switch (item.kind) {
    case Kind::kMessage:
      json.Word("message").Key("status").String(NameOf(item.status));
      json.Key("role").Word("assistant").Key("content");
      WriteParts(parts, json);
      break;
    case Kind::kReasoning:
      json.Word("reasoning").Key("summary");
      WriteParts(parts, json);
      if (!item.sealed.empty()) {
        json.Key("encrypted_content").String(item.sealed);
      }
      break;
    case Kind::kCall:
      json.Word("function_call");
      WriteCallBegin(item, json);
      json.Key("arguments").String(arguments);
      break;
    case Kind::kCustomCall:
      json.Word("custom_tool_call");
      WriteCallBegin(item, json);
      json.Key("input").String(arguments);
      break;
  }
  json.EndObject();
}

}  // namespace

std::string_view NameOf(ResponseStatus status) {
  switch (status) {
    case ResponseStatus::kInProgress:
      return "in_progress";
    case ResponseStatus::kCompleted:
      return "completed";
    case ResponseStatus::kIncomplete:
      return "incomplete";
    case ResponseStatus::kFailed:
      break;
  }
  return "failed";
}

std::string_view IdPrefix(Kind kind) {
  switch (kind) {
    case Kind::kMessage:
      return "msg_";
    case Kind::kReasoning:
      return "rs_";
    case Kind::kCustomCall:
      return "ctc_";
    case Kind::kCall:
      break;
  }
  return "fc_";
}

std::string_view ArgumentsOf(const ResponseItem& call) {
  return call.arguments.empty() ? "{}" : std::string_view(call.arguments);
}

void WritePart(const ResponsePart& part, JsonWriter& json) {
  json.BeginObject().Key("type");
  switch (part.kind) {
    case ResponsePart::Kind::kText:
      json.Word("output_text").Key("text").String(part.text);
      json.Key("annotations").BeginArray().EndArray();
      json.Key("logprobs").Raw(part.logprobs);
      break;
    case ResponsePart::Kind::kRefusal:
      json.Word("refusal").Key("refusal").String(part.text);
      break;
    case ResponsePart::Kind::kThought:
      json.Word("summary_text").Key("text").String(part.text);
      break;
  }
  json.EndObject();
}

void WriteItem(const ResponseItem& item, JsonWriter& json) {
  const bool takes_text = item.kind == Kind::kCustomCall;
  Write(item, item.parts, takes_text ? item.input : ArgumentsOf(item), json);
}

void WriteItemBegun(const ResponseItem& item, JsonWriter& json) {
  Write(item, {}, "", json);
}

}  // namespace weir::dialect
