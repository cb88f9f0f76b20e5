#include "common/dialect/canonical/request_parts.h"

#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "common/dialect/canonical/json_field.h"
#include "common/dialect/canonical/logprobs.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/tool_name.h"
#include "common/dialect/recycled_parser.h"

namespace weir::dialect::canonical {
namespace {

// One that every API takes.
bool IsPlainName(std::string_view name) {
  return TakesName({.first = NameRule::First::kLetter}, name);
}

}  // namespace

void Drop(std::string_view name, Request& request) {
  auto& dropped = request.dropped;
  if (std::find(dropped.begin(), dropped.end(), name) == dropped.end()) {
    dropped.push_back(name);
  }
}

void DropField(std::string_view key, std::span<const std::string_view> known,
               Request& request) {
  const auto found = std::find(known.begin(), known.end(), key);
  Drop(found == known.end() ? kUnknownField : *found, request);
}

bool RefuseField(std::string_view key, const Field& field,
                 std::span<const std::string_view> refused) {
  if (std::find(refused.begin(), refused.end(), key) == refused.end()) {
    return false;
  }
  field.Fail("has no counterpart in the APIs of the model's providers");
  return true;
}

std::uint64_t Alternatives(const Field& field) {
  const std::uint64_t alternatives = field.Count();
  if (alternatives > kMaxAlternatives) field.Fail("must be at most 20");
  return alternatives;
}

void AddTool(const Field& field, Tool tool, Request& request) {
  if (!IsPlainName(tool.name)) {
    tool.odd_name_path = field.reading().Keep(field.Path());
  }
  request.tools.push_back(tool);
}

void CheckToolChoice(Request& request, Reading& reading) {
  if (reading.failed() || !request.tool_choice.has_value()) return;
  ToolChoice& choice = request.tool_choice->value;
  if (choice.kind != ToolChoiceKind::kOne) return;
  const auto is = [&choice](std::string_view Tool::*name) {
    return
        [&choice, name](const Tool& tool) { return tool.*name == choice.name; };
  };
  const auto& tools = request.tools;
  if (std::any_of(tools.begin(), tools.end(), is(&Tool::name))) return;
  const auto own =
      std::find_if(tools.begin(), tools.end(), is(&Tool::own_name));
  if (own == tools.end()) {
    return reading.Fail(request.tool_choice->path,
                        "names a tool that the request has not");
  }
  choice.name = own->name;
}

std::string_view ArgumentsAt(const Field& call) {
  const std::string_view text = call.StringAt("arguments");
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return "{}";
  }
  RecycledParser parser;
  simdjson::dom::object object;
  if (parser->parse(text.data(), text.size()).get(object)) {
    call.Fail("needs `arguments` that are a JSON object");
    return "{}";
  }
  return text;
}

bool ReadAddress(std::string_view url, Media& media) {
  constexpr std::string_view kData = "data:";
  constexpr std::string_view kBase64 = ";base64,";
  if (!url.starts_with(kData)) {
    media.url = url;
    return IsWebAddress(url);
  }
  const std::size_t end = url.find(kBase64);
  if (end == std::string_view::npos) return false;
  media.media_type = url.substr(kData.size(), end - kData.size());
  // `image/png;charset=x` is told by its first part.
  media.media_type = media.media_type.substr(0, media.media_type.find(';'));
  media.data = url.substr(end + kBase64.size());
  return !media.data.empty();
}

bool HasResult(const Message& message, std::string_view id) {
  return std::any_of(
      message.parts.begin(), message.parts.end(), [id](const Part& part) {
        const auto* result = std::get_if<ToolResult>(&part.value);
        return result != nullptr && result->call_id == id;
      });
}

std::string_view NameOfCall(const Request& request, std::string_view id) {
  // The last one counts: some clients number the calls of each turn anew.
  for (auto message = request.messages.rbegin();
       message != request.messages.rend(); ++message) {
    for (const Part& part : message->parts) {
      const auto* call = std::get_if<ToolCall>(&part.value);
      if (call != nullptr && call->id == id) return call->name;
    }
    if (HasResult(*message, id)) return {};
  }
  return {};
}

}  // namespace weir::dialect::canonical
