#include "common/dialect/answer_shape.h"

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::dialect {

namespace dom = simdjson::dom;

namespace {

simdjson::simdjson_result<dom::element> MemberOfAnswer(dom::parser& parser,
                                                       std::string_view body,
                                                       std::string_view key) {
  dom::object answer;
  if (const auto error = parser.parse(body.data(), body.size()).get(answer)) {
    return error;
  }
  // Some relays answer 200 with an error and an empty list beside it.
  dom::element reported;
  if (!answer.at_key("error").get(reported) && !reported.is_null()) {
    return simdjson::INCORRECT_TYPE;
  }
  return answer.at_key(key);
}

}  // namespace

simdjson::simdjson_result<dom::array> ArrayOfAnswer(dom::parser& parser,
                                                    std::string_view body,
                                                    std::string_view key) {
  return MemberOfAnswer(parser, body, key).get_array();
}

std::optional<std::uint64_t> NumberOfAnswer(std::string_view body,
                                            std::string_view key) {
  dom::parser parser;
  std::uint64_t number = 0;
  if (MemberOfAnswer(parser, body, key).get(number)) return std::nullopt;
  return number;
}

bool IsListOfNamed(std::string_view body, std::string_view key,
                   std::string_view name_key) {
  dom::parser parser;
  dom::array items;
  if (ArrayOfAnswer(parser, body, key).get(items)) return false;
  for (const dom::element item : items) {
    std::string_view name;
    if (item[name_key].get(name)) return false;
  }
  return true;
}

}  // namespace weir::dialect
