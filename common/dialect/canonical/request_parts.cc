#include "common/dialect/canonical/request_parts.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <variant>

#include "common/dialect/canonical/request.h"

namespace weir::dialect::canonical {

void Drop(std::string_view name, Request& request) {
  auto& dropped = request.dropped;
  if (std::find(dropped.begin(), dropped.end(), name) == dropped.end()) {
    dropped.push_back(name);
  }
}

bool ReadAddress(std::string_view url, Media& media) {
  constexpr std::string_view kData = "data:";
  constexpr std::string_view kBase64 = ";base64,";
  if (!url.starts_with(kData)) {
    media.url = url;
    return url.starts_with("https://") || url.starts_with("http://");
  }
  const std::size_t end = url.find(kBase64);
  if (end == std::string_view::npos) return false;
  media.media_type = url.substr(kData.size(), end - kData.size());
  // `image/png;charset=x` is told by its first part.
  media.media_type = media.media_type.substr(0, media.media_type.find(';'));
  media.data = url.substr(end + kBase64.size());
  return !media.data.empty();
}

std::string_view NameOfCall(const Request& request, std::string_view id) {
  // The last one counts: some clients number the calls of each turn anew.
  for (auto message = request.messages.rbegin();
       message != request.messages.rend(); ++message) {
    for (const Part& part : message->parts) {
      const auto* call = std::get_if<ToolCall>(&part.value);
      if (call != nullptr && call->id == id) return call->name;
    }
  }
  return {};
}

}  // namespace weir::dialect::canonical
