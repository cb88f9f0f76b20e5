// From a header's name to what weir does with it.
#ifndef WEIR_DATAPLANE_HTTP1_HEADER_ID_H_
#define WEIR_DATAPLANE_HTTP1_HEADER_ID_H_

#include <string_view>

#include "dataplane/http1/head.h"

namespace weir::dataplane::http1 {

// Ignores case. Pure.
HeaderId IdOfHeader(std::string_view name);

}  // namespace weir::dataplane::http1

#endif  // WEIR_DATAPLANE_HTTP1_HEADER_ID_H_
