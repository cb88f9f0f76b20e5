#include "tests/fuzz/check.h"

#include <simdjson.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "common/dialect/canonical/event_data.h"

namespace weir::fuzz {

void Check(bool holds, std::string_view promise, std::string_view seen) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %.*s\n%.*s\n",
               static_cast<int>(promise.size()), promise.data(),
               static_cast<int>(seen.size()), seen.data());
  std::abort();
}

void CheckJson(std::string_view text) {
  static simdjson::dom::parser parser;
  simdjson::dom::element root;
  Check(parser.parse(text.data(), text.size()).get(root) == simdjson::SUCCESS,
        "what is written is JSON", text);
}

void CheckEventStream(std::string_view stream) {
  dialect::canonical::EventData events;
  events.Feed(stream);
  while (const auto data = events.Next()) {
    if (!data->empty() && *data != "[DONE]") CheckJson(*data);
  }
  Check(!events.pending(), "what is written is whole events", stream);
}

}  // namespace weir::fuzz
