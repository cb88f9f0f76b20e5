#include "dataplane/relay/usage_chunk.h"

#include <simdjson.h>

#include <string>
#include <string_view>

#include "dataplane/relay/sse.h"

namespace weir::dataplane {
namespace {

bool IsUsageChunk(std::string_view data) {
  // Most events end here.
  if (data.find(R"("usage")") == std::string_view::npos) return false;
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

}  // namespace

std::string WithoutUsageChunk(std::string_view events) {
  std::string kept;
  while (const auto event = FirstEvent(events)) {
    if (!IsUsageChunk(event->data)) kept += event->bytes;
    events.remove_prefix(event->bytes.size());
  }
  // Of an event that goes out before it is whole.
  kept += events;
  return kept;
}

}  // namespace weir::dataplane
