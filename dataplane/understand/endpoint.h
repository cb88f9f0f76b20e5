// From a request line to what of the API it names.
#ifndef WEIR_DATAPLANE_UNDERSTAND_ENDPOINT_H_
#define WEIR_DATAPLANE_UNDERSTAND_ENDPOINT_H_

#include <string_view>

#include "dataplane/http1/head.h"
#include "dataplane/request.h"

namespace weir::dataplane {

struct Route {
  Endpoint endpoint = Endpoint::kUnknown;
  // The endpoint is there, but not for this method.
  bool wrong_method = false;
  // What follows the API version, for providers: `/chat/completions`.
  std::string_view upstream_path = {};
};

// Pure. Paths are compared byte by byte: nothing is decoded or normalised, so
// that what was authorised is what is sent.
Route RouteOf(http1::Method method, std::string_view path);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_UNDERSTAND_ENDPOINT_H_
