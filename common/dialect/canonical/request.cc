#include "common/dialect/canonical/request.h"

#include <string>

#include "common/concat.h"

namespace weir::dialect::canonical {

std::string PathOf(const Request& request, const Place& place) {
  std::string path = Concat(request.messages_name, "[", place.message, "]");
  if (place.part.has_value()) {
    Append(path, ".", request.parts_name, "[", *place.part, "]");
  }
  return path;
}

}  // namespace weir::dialect::canonical
