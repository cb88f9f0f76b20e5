#include "tests/simprovider/anthropic/check_messages.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "absl/strings/ascii.h"
#include "bench/text/json_text.h"
#include "bench/text/text.h"
#include "tests/simprovider/anthropic/message.h"
#include "tests/simprovider/dialect/json_members.h"

namespace weir::simprovider {
namespace {

using simdjson::dom::element;
using Fault = std::optional<std::string>;
using Ids = std::vector<std::string>;

constexpr auto kImageTypes = std::to_array<std::string_view>(
    {"image/jpeg", "image/png", "image/gif", "image/webp"});

bool Contains(const Ids& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

Fault SourceFault(element block, std::string_view place) {
  const auto source = MemberOf(block, "source");
  if (!source) return text::Cat(place, ".source: Field required");
  const std::string type = StringAt(*source, "type");
  if (type == "url") return std::nullopt;
  if (type != "base64") return text::Cat(place, ".source.type: not known");
  const std::string media = StringAt(*source, "media_type");
  if (StringAt(block, "type") == "image" &&
      std::find(kImageTypes.begin(), kImageTypes.end(), media) ==
          kImageTypes.end()) {
    return text::Cat(place,
                     ".source.base64.media_type: Input should be 'image/jpeg', "
                     "'image/png', 'image/gif' or 'image/webp'");
  }
  if (StringAt(*source, "data").empty()) {
    return text::Cat(place, ".source.base64.data: Field required");
  }
  return std::nullopt;
}

Fault BlockFault(element block, std::string_view role, std::string_view place) {
  const std::string type = StringAt(block, "type");
  if (type == "text" && StringAt(block, "text").empty()) {
    return "messages: text content blocks must be non-empty";
  }
  if (type == "image" || type == "document") return SourceFault(block, place);
  if (type == "thinking") {
    if (StringAt(block, "signature") !=
        SignatureOf(text::JsonEscape(StringAt(block, "thinking")))) {
      return text::Cat(place, ": Invalid `signature` in `thinking` block");
    }
  }
  if (type == "tool_use") {
    if (role != "assistant") {
      return text::Cat(place,
                       ": `tool_use` blocks can only be in `assistant` "
                       "messages");
    }
    if (!IsIdentifier(StringAt(block, "id"))) {
      return text::Cat(place,
                       ".tool_use.id: String should match pattern "
                       "'^[a-zA-Z0-9_-]+$'");
    }
    if (const auto input = MemberOf(block, "input");
        !input || !input->is_object()) {
      return text::Cat(place,
                       ".tool_use.input: Input should be a valid dictionary");
    }
  }
  if (type == "tool_result" && role != "user") {
    return text::Cat(place,
                     ": `tool_result` blocks can only be in `user` "
                     "messages");
  }
  static constexpr auto kTypes = std::to_array<std::string_view>(
      {"text", "image", "document", "thinking", "redacted_thinking", "tool_use",
       "tool_result", "search_result", "server_tool_use",
       "web_search_tool_result"});
  if (std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) {
    return text::Cat(place, ": Input tag '", type,
                     "' found using 'type' does not match any of the expected "
                     "tags");
  }
  return std::nullopt;
}

// Ids below `key` of the blocks of one type.
Ids IdsOf(element message, std::string_view type, std::string_view key) {
  Ids ids;
  for (const element block : ItemsAt(message, "content")) {
    if (StringAt(block, "type") == type) ids.push_back(StringAt(block, key));
  }
  return ids;
}

// Every call is answered by the very next message, and nothing else is.
Fault PairingFault(const std::vector<element>& messages) {
  Ids open;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Ids results = IdsOf(messages[i], "tool_result", "tool_use_id");
    for (const std::string& id : results) {
      if (!Contains(open, id)) {
        return text::Cat(
            "messages.", i,
            ".content: unexpected `tool_use_id` found in `tool_result` "
            "blocks: ",
            id,
            ". Each `tool_result` block must have a corresponding `tool_use` "
            "block in the previous message.");
      }
    }
    for (const std::string& id : open) {
      if (!Contains(results, id)) {
        return text::Cat(
            "messages.", i - 1,
            ": `tool_use` ids were found without `tool_result` blocks "
            "immediately after: ",
            id);
      }
    }
    open = IdsOf(messages[i], "tool_use", "id");
  }
  return std::nullopt;
}

Fault MessageFault(element message, std::size_t index) {
  const std::string place = text::Cat("messages.", index);
  const std::string role = StringAt(message, "role");
  if (role != "user" && role != "assistant" && role != "system") {
    return text::Cat(place, ".role: Input should be 'user' or 'assistant'");
  }
  const auto content = MemberOf(message, "content");
  if (!content) return text::Cat(place, ".content: Field required");
  if (content->is_string()) {
    if (!StringAt(message, "content").empty()) return std::nullopt;
    return text::Cat(place, ": ", role,
                     " messages must have non-empty content");
  }
  const std::vector<element> blocks = ItemsAt(message, "content");
  if (blocks.empty()) {
    return text::Cat(place, ": ", role,
                     " messages must have non-empty content");
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (Fault fault =
            BlockFault(blocks[i], role, text::Cat(place, ".content.", i))) {
      return fault;
    }
  }
  return std::nullopt;
}

}  // namespace

bool IsIdentifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' ||
           c == '-';
  });
}

Fault MessagesFault(element request) {
  const std::vector<element> messages = ItemsAt(request, "messages");
  if (messages.empty()) return "messages: at least one message is required";
  bool calls = false;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (Fault fault = MessageFault(messages[i], i)) return fault;
    calls = calls || !IdsOf(messages[i], "tool_use", "id").empty();
  }
  if (StringAt(messages.front(), "role") == "assistant") {
    return "messages: first message must use the \"user\" role";
  }
  if (calls && ItemsAt(request, "tools").empty()) {
    return "Requests which include `tool_use` or `tool_result` blocks in the "
           "message history must define tools";
  }
  return PairingFault(messages);
}

}  // namespace weir::simprovider
