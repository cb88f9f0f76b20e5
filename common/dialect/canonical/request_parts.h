// What readers of requests do alike.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_REQUEST_PARTS_H_
#define WEIR_COMMON_DIALECT_CANONICAL_REQUEST_PARTS_H_

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/json_field.h"
#include "common/dialect/canonical/request.h"

namespace weir::dialect::canonical {

// Notes what a reader leaves out, each once. `name` is a constant.
void Drop(std::string_view name, Request& request);

// A field that the reader doesn't know.
inline constexpr std::string_view kUnknownField = "unknown_field";

// Where `data:image/png;base64,AAAA` leads, or another address. False where it
// is neither base64 data nor http(s).
bool ReadAddress(std::string_view url, Media& media);

// The name of the call that has this id, in the messages so far; empty where
// there is none.
std::string_view NameOfCall(const Request& request, std::string_view id);

// A reader's work on one body, from the root on.
template <typename Reader>
std::variant<Request, ApiError> ReadWith(std::string_view body, bool stream) {
  auto reading = std::make_shared<Reading>();
  Request request;
  request.stream = stream;
  Reader reader(request);
  if (auto error = ReadWhole(
          *reading, body, [&](const Field& root) { reader.ReadRoot(root); })) {
    return *std::move(error);
  }
  request.memory = std::move(reading);
  return request;
}

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_REQUEST_PARTS_H_
