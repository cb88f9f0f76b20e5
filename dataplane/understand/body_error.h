// What clients are told of bodies that weir does not take.
#ifndef WEIR_DATAPLANE_UNDERSTAND_BODY_ERROR_H_
#define WEIR_DATAPLANE_UNDERSTAND_BODY_ERROR_H_

#include <string>
#include <string_view>
#include <utility>

#include "common/concat.h"
#include "common/dialect/api_error.h"

namespace weir::dataplane {

inline dialect::ApiError InvalidBody(std::string message) {
  return {400, "invalid_json", std::move(message), {}};
}

inline dialect::ApiError NotJson(std::string_view why) {
  return InvalidBody(Concat("The request body is not valid JSON: ", why));
}

inline dialect::ApiError DuplicateField(std::string_view field) {
  return {400, "duplicate_field",
          Concat("`", field, "` stands more than once in the body."), field};
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_UNDERSTAND_BODY_ERROR_H_
