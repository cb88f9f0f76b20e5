#include "tests/simprovider/anthropic/read_ask.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/simprovider/dialect/json_members.h"
#include "tests/simprovider/dialect/sample.h"

namespace weir::simprovider {
namespace {

using CacheWrite = AnthropicAsk::CacheWrite;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

CacheWrite WriteOf(element control) {
  if (!control.is_object()) return CacheWrite::kNone;
  return StringAt(control, "ttl") == "1h" ? CacheWrite::kOneHour
                                          : CacheWrite::kFiveMinutes;
}

// The longest that any cache_control below `value` asks for.
CacheWrite CacheWriteBelow(element value) {
  CacheWrite write = CacheWrite::kNone;
  if (array items; value.get(items) == simdjson::SUCCESS) {
    for (const element item : items) {
      write = std::max(write, CacheWriteBelow(item));
    }
  }
  if (object members; value.get(members) == simdjson::SUCCESS) {
    for (const auto& [key, member] : members) {
      write = std::max(write, key == "cache_control" ? WriteOf(member)
                                                     : CacheWriteBelow(member));
    }
  }
  return write;
}

Attachment AttachmentOf(element block) {
  const std::optional<element> source = MemberOf(block, "source");
  if (!source) return {"nothing"};
  if (StringAt(*source, "type") == "url") return {StringAt(*source, "url")};
  return {StringAt(*source, "media_type"), StringAt(*source, "data").size()};
}

// The text of blocks, or of a string in their place.
std::string TextOf(element owner) {
  std::string text = StringAt(owner, "content");
  for (const element block : ItemsAt(owner, "content")) {
    text += StringAt(block, "text");
  }
  return text;
}

void ReadBlocks(element owner, Ask& ask) {
  for (const element block : ItemsAt(owner, "content")) {
    const std::string type = StringAt(block, "type");
    if (type == "image" || type == "document") {
      ask.attachments.push_back(AttachmentOf(block));
    } else if (type == "tool_result") {
      ask.results.push_back(TextOf(block));
      ReadBlocks(block, ask);
    }
  }
}

void ReadTools(element request, Ask& ask) {
  const std::optional<element> choice = MemberOf(request, "tool_choice");
  const std::string kind = choice ? StringAt(*choice, "type") : "auto";
  if (kind == "none") return;
  if (kind == "tool") ask.chosen_tool = StringAt(*choice, "name");
  if (choice && TrueAt(*choice, "disable_parallel_tool_use")) {
    ask.calls = Ask::Calls::kOne;
  }
  for (const element tool : ItemsAt(request, "tools")) {
    // Those that Anthropic itself runs have no schema.
    if (const auto schema = MemberOf(tool, "input_schema")) {
      ask.tools.push_back({StringAt(tool, "name"), schema});
    }
  }
}

}  // namespace

AnthropicAsk ReadAnthropicAsk(element request, std::size_t body_bytes) {
  Ask ask;
  ask.body_bytes = body_bytes;
  ask.model = StringAt(request, "model");
  ask.max_tokens = IntegerAt(request, "max_tokens");
  if (TrueAt(request, "stream")) ask.delivery = Ask::Delivery::kStream;
  if (const auto thinking = MemberOf(request, "thinking");
      thinking && StringAt(*thinking, "type") != "disabled") {
    ask.thinking = Ask::Thinking::kOn;
  }
  for (const element stop : ItemsAt(request, "stop_sequences")) {
    if (stop.is_string()) ask.stops.emplace_back(std::string_view(stop));
  }
  if (element schema; request["output_config"]["format"]["schema"].get(
                          schema) == simdjson::SUCCESS) {
    ask.json = SampleOf(schema);
  }
  for (const element message : ItemsAt(request, "messages")) {
    ask.results.clear();
    ReadBlocks(message, ask);
  }
  if (ask.results.empty()) ReadTools(request, ask);
  return {std::move(ask), CacheWriteBelow(request)};
}

}  // namespace weir::simprovider
