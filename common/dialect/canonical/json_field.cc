#include "common/dialect/canonical/json_field.h"

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "common/concat.h"
#include "common/dialect/api_error.h"

namespace weir::dialect::canonical {

void Reading::Fail(std::string_view path, std::string_view what) {
  if (error_.has_value()) return;
  // A key is the client's; the whole of a long one helps nobody.
  constexpr std::size_t kLongestPath = 256;
  error_ = ApiError{400, "invalid_request",
                    path.empty() ? Concat("The request body ", what, ".")
                                 : Concat("`", path.substr(0, kLongestPath),
                                          "` ", what, ".")};
}

std::string_view Field::String() const {
  std::string_view text;
  if (value_.get(text)) Fail("must be a string");
  return text;
}

bool Field::Bool() const {
  bool truth = false;
  if (value_.get(truth)) Fail("must be true or false");
  return truth;
}

double Field::Number() const {
  double number = 0;
  if (value_.get(number)) Fail("must be a number");
  return number;
}

std::int64_t Field::Integer() const {
  std::int64_t number = 0;
  if (value_.get(number)) Fail("must be a whole number");
  return number;
}

std::uint64_t Field::Count() const {
  std::uint64_t number = 0;
  if (value_.get(number)) Fail("must be a whole number that is not negative");
  return number;
}

std::string_view Field::Json() const {
  return reading_.Keep(simdjson::minify(value_));
}

std::string_view Field::ObjectJson() const {
  if (!is_object()) {
    Fail("must be an object");
    return {};
  }
  return Json();
}

std::string_view Field::StringAt(std::string_view key) const {
  simdjson::dom::element member;
  if (value_.at_key(key).get(member) || member.is_null()) return {};
  return Field(*this, member, key).String();
}

std::string_view Field::NeedString(std::string_view key) const {
  const std::string_view text = StringAt(key);
  if (text.empty()) Fail(Concat("needs a `", key, "`"));
  return text;
}

void Field::Fail(std::string_view what) const { reading_.Fail(Path(), what); }

std::string Field::Path() const {
  if (parent_ == nullptr) return {};
  std::string path = parent_->Path();
  if (index_.has_value()) {
    Append(path, "[", *index_, "]");
  } else {
    Append(path, path.empty() ? "" : ".", name_);
  }
  return path;
}

}  // namespace weir::dialect::canonical
