// From a request line to what of the API it names.
#ifndef WEIR_DATAPLANE_UNDERSTAND_ENDPOINT_H_
#define WEIR_DATAPLANE_UNDERSTAND_ENDPOINT_H_

#include <string_view>

#include "common/dialect/dialect.h"
#include "dataplane/http1/head.h"
#include "dataplane/request.h"

namespace weir::dataplane {

struct Route {
  Endpoint endpoint = Endpoint::kUnknown;
  // The endpoint is there, but not for this method.
  bool wrong_method = false;
  // What follows the API version, for providers: `/chat/completions`.
  std::string_view upstream_path = {};
  // The model's name where the path has it; part of upstream_path.
  std::string_view model_in_path = {};
  // Whose path it is; OpenAI's where it is nobody's.
  const dialect::Dialect* dialect = &dialect::OpenAi();
};

// Pure. Paths are compared byte by byte: nothing is decoded or normalised, so
// that what was authorised is what is sent.
Route RouteOf(http1::Method method, std::string_view path);

// The same, told apart by `anthropic-version` where several APIs have the path.
Route RouteOf(const http1::RequestHead& head);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_UNDERSTAND_ENDPOINT_H_
