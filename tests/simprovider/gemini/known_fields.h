// The fields of Gemini's messages: it refuses all others.
#ifndef WEIR_TESTS_SIMPROVIDER_GEMINI_KNOWN_FIELDS_H_
#define WEIR_TESTS_SIMPROVIDER_GEMINI_KNOWN_FIELDS_H_

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

#include "absl/types/span.h"

namespace weir::simprovider {

// Names are in camelCase; a request may use snake_case as well.
extern const absl::Span<const std::string_view> kRequestFields;
extern const absl::Span<const std::string_view> kConfigFields;
extern const absl::Span<const std::string_view> kPartFields;
extern const absl::Span<const std::string_view> kToolFields;
extern const absl::Span<const std::string_view> kFunctionFields;
// Of the part of OpenAPI that `parameters` and `responseSchema` are.
extern const absl::Span<const std::string_view> kSchemaFields;

// What a 400 says of a member of `message`, which stands at `place`, that is
// not among `known`; nullopt: there is none.
std::optional<std::string> UnknownField(
    simdjson::dom::element message, std::string_view place,
    absl::Span<const std::string_view> known);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_GEMINI_KNOWN_FIELDS_H_
