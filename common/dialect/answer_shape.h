// What the answers of every API have in common.
#ifndef WEIR_COMMON_DIALECT_ANSWER_SHAPE_H_
#define WEIR_COMMON_DIALECT_ANSWER_SHAPE_H_

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::dialect {

// The array under `key` of a JSON object that is no error. `parser` keeps it.
simdjson::simdjson_result<simdjson::dom::array> ArrayOfAnswer(
    simdjson::dom::parser& parser, std::string_view body, std::string_view key);

// Whether that array is there and each of its objects has a string under
// `name_key`.
bool IsListOfNamed(std::string_view body, std::string_view key,
                   std::string_view name_key);

// The number under `key` of a JSON object that is no error; nullopt where it is
// not there.
std::optional<std::uint64_t> NumberOfAnswer(std::string_view body,
                                            std::string_view key);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_ANSWER_SHAPE_H_
