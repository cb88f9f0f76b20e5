#include "dataplane/relay/hidden_usage.h"

#include <simdjson.h>

#include <string>
#include <string_view>

#include "dataplane/relay/sse.h"

namespace weir::dataplane {
namespace {

constexpr std::string_view kNoUsage = R"(,"usage":null})";

std::string_view WithoutLineEnds(std::string_view bytes) {
  return bytes.substr(0, bytes.find_last_not_of("\r\n") + 1);
}

// The chunk behind all others. It ends with its usage, by two braces at least,
// so most others are not looked at.
bool IsUsageChunk(std::string_view data) {
  if (!data.ends_with("}}")) return false;
  thread_local simdjson::dom::parser parser;
  simdjson::dom::object chunk;
  simdjson::dom::object usage;
  simdjson::dom::array choices;
  if (parser.parse(data.data(), data.size()).get(chunk) ||
      chunk["usage"].get(usage) || chunk["choices"].get(choices)) {
    return false;
  }
  return choices.size() == 0;
}

TwoPieces HideInEvent(const Event& event) {
  if (IsUsageChunk(event.data)) return {};
  const std::string_view text = WithoutLineEnds(event.bytes);
  if (!text.ends_with(kNoUsage)) return {event.bytes, {}};
  // The last brace stays.
  return {text.substr(0, text.size() - kNoUsage.size()),
          event.bytes.substr(text.size() - 1)};
}

}  // namespace

TwoPieces HideUsage(std::string_view events, std::string& scratch) {
  auto event = FirstEvent(events);
  if (!event.has_value()) return {events, {}};
  if (event->bytes.size() == events.size()) return HideInEvent(*event);
  scratch.clear();
  for (; event.has_value(); event = FirstEvent(events)) {
    const TwoPieces kept = HideInEvent(*event);
    scratch += kept.begin;
    scratch += kept.end;
    events.remove_prefix(event->bytes.size());
  }
  scratch += events;
  return {scratch, {}};
}

}  // namespace weir::dataplane
