#include "dataplane/relay/hidden_usage.h"

#include <simdjson.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "dataplane/relay/sse.h"

namespace weir::dataplane {
namespace {

constexpr std::string_view kNoUsage = R"(,"usage":null})";

std::string_view WithoutLineEnds(std::string_view bytes) {
  return bytes.substr(0, bytes.find_last_not_of("\r\n") + 1);
}

// The chunk behind all others.
bool IsUsageChunk(std::string_view event) {
  const std::optional<Event> whole = FirstEvent(event);
  if (!whole.has_value() || whole->data.empty()) return false;
  thread_local simdjson::dom::parser parser;
  simdjson::dom::object chunk;
  simdjson::dom::object usage;
  simdjson::dom::array choices;
  const std::string_view data = whole->data;
  if (parser.parse(data.data(), data.size()).get(chunk) ||
      chunk["usage"].get(usage) || chunk["choices"].get(choices)) {
    return false;
  }
  return choices.size() == 0;
}

TwoPieces HideInEvent(std::string_view event) {
  const std::string_view text = WithoutLineEnds(event);
  if (text.ends_with(kNoUsage)) {
    // The last brace stays.
    return {text.substr(0, text.size() - kNoUsage.size()),
            event.substr(text.size() - 1)};
  }
  // It ends with its usage, by two braces at least.
  if (text.ends_with("}}") && IsUsageChunk(event)) return {};
  return {event, {}};
}

}  // namespace

TwoPieces HideUsage(std::string_view events, std::size_t count,
                    std::string& scratch) {
  if (count == 1) return HideInEvent(events);
  scratch.clear();
  while (const auto event = FirstEvent(events)) {
    const TwoPieces kept = HideInEvent(event->bytes);
    scratch += kept.begin;
    scratch += kept.end;
    events.remove_prefix(event->bytes.size());
  }
  scratch += events;
  return {scratch, {}};
}

}  // namespace weir::dataplane
