// What readers of requests do alike.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_REQUEST_PARTS_H_
#define WEIR_COMMON_DIALECT_CANONICAL_REQUEST_PARTS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
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

// Leaves out the field `key`: by its name where it is one of `known`, which are
// constants, and else as one that the reader doesn't know.
void DropField(std::string_view key, std::span<const std::string_view> known,
               Request& request);

// Fails `field` as one that an answer depends on and no other API has, if `key`
// is among `refused`. Returns whether it was.
bool RefuseField(std::string_view key, const Field& field,
                 std::span<const std::string_view> refused);

// The member `arguments` of a call: a JSON object in a string, which other APIs
// have as an object. `{}` where it is blank.
std::string_view ArgumentsAt(const Field& call);

// How many alternatives to each token are asked for; fails `field` where that
// is more than any API gives.
std::uint64_t Alternatives(const Field& field);

// Whether `url` leads into the web.
inline bool IsWebAddress(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

// Where `data:image/png;base64,AAAA` leads, or another address. False where it
// is neither base64 data nor http(s).
bool ReadAddress(std::string_view url, Media& media);

// Whether the call that has this id is answered in `message`.
bool HasResult(const Message& message, std::string_view id);

// The name of the call that has this id and waits for its result, in the
// messages so far; empty where there is none.
std::string_view NameOfCall(const Request& request, std::string_view id);

// Adds what was read at `field`.
void AddTool(const Field& field, Tool tool, Request& request);

// Fails a choice of one tool that is none of the request's. One that the caller
// knows by another name gets the name that it has here.
void CheckToolChoice(Request& request, Reading& reading);

// A reader's work on one body, from the root on.
template <typename Reader>
std::variant<Request, ApiError> ReadWith(std::string_view body, bool stream) {
  auto reading = std::make_shared<Reading>();
  // Where the caller gets it: it is large.
  std::variant<Request, ApiError> result;
  Request& request = std::get<Request>(result);
  request.stream = stream;
  Reader reader(request);
  if (auto error = ReadWhole(*reading, body, [&](const Field& root) {
        reader.ReadRoot(root);
        CheckToolChoice(request, *reading);
      })) {
    result = *std::move(error);
    return result;
  }
  request.memory = std::move(reading);
  return result;
}

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_REQUEST_PARTS_H_
