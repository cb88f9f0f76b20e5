// A value of a JSON request that knows where it stands, so that whatever is
// wrong with it can be told by its path.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_JSON_FIELD_H_
#define WEIR_COMMON_DIALECT_CANONICAL_JSON_FIELD_H_

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/recycled_parser.h"

namespace weir::dialect::canonical {

// One request being read: what it refers to, and the first thing that is wrong.
class Reading final : public Memory {
 public:
  // Good for as long as this is.
  std::string_view Keep(std::string text) {
    return texts_.emplace_front(std::move(text));
  }
  // Only the first one counts. `path` is a JSON path.
  void Fail(std::string_view path, std::string_view what);
  bool failed() const { return error_.has_value(); }
  const std::optional<ApiError>& error() const { return error_; }

  RecycledParser parser;

 private:
  // Most requests need none.
  std::forward_list<std::string> texts_;
  std::optional<ApiError> error_;
};

// Refers to its parent and to the Reading; lives on the stack, below both.
// What is of another type than a getter wants fails the Reading and is empty.
class Field {
 public:
  Field(Reading& reading, simdjson::dom::element value)
      : reading_(reading), value_(value) {}

  std::string_view String() const;
  bool Bool() const;
  double Number() const;
  std::int64_t Integer() const;
  std::uint64_t Count() const;
  // Any value as JSON text, kept.
  std::string_view Json() const;
  // The same of an object alone.
  std::string_view ObjectJson() const;

  bool is_string() const { return value_.is_string(); }
  bool is_array() const { return value_.is_array(); }
  bool is_object() const { return value_.is_object(); }
  simdjson::dom::element value() const { return value_; }
  Reading& reading() const { return reading_; }

  // Calls `f(key, field)` for each member that is not null.
  template <typename F>
  void Members(F&& f) const {
    simdjson::dom::object object;
    if (value_.get(object)) return Fail("must be an object");
    for (const auto [key, value] : object) {
      if (reading_.failed()) return;
      if (!value.is_null()) f(key, Field(*this, value, key));
    }
  }

  // Calls `f(index, field)` for each item.
  template <typename F>
  void Items(F&& f) const {
    simdjson::dom::array array;
    if (value_.get(array)) return Fail("must be an array");
    std::uint32_t index = 0;
    for (const simdjson::dom::element value : array) {
      if (reading_.failed()) return;
      f(index, Field(*this, value, index));
      ++index;
    }
  }

  // A string member; empty where it is missing.
  std::string_view StringAt(std::string_view key) const;
  // The same, which must not be missing.
  std::string_view NeedString(std::string_view key) const;

  // `messages[1].content: what`.
  void Fail(std::string_view what) const;
  std::string Path() const;

 private:
  Field(const Field& parent, simdjson::dom::element value,
        std::string_view name)
      : reading_(parent.reading_),
        value_(value),
        parent_(&parent),
        name_(name) {}
  Field(const Field& parent, simdjson::dom::element value, std::uint32_t index)
      : reading_(parent.reading_),
        value_(value),
        parent_(&parent),
        index_(index) {}

  Reading& reading_;
  const simdjson::dom::element value_;
  const Field* const parent_ = nullptr;
  // Of the two the one that says where it stands in its parent.
  const std::string_view name_;
  const std::optional<std::uint32_t> index_;
};

// Parses `body` and calls `read(root)`; the error says what was wrong. What
// `read` filled must live no longer than `reading`.
template <typename Read>
std::optional<ApiError> ReadWhole(Reading& reading, std::string_view body,
                                  Read&& read) {
  simdjson::dom::element root;
  if (reading.parser->parse(body.data(), body.size()).get(root)) {
    // The body was found to be JSON before: this is a number beyond 64 bits, or
    // nesting.
    reading.Fail("", "holds a number that is too large, or nests too deep");
  } else {
    read(Field(reading, root));
  }
  return reading.error();
}

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_JSON_FIELD_H_
