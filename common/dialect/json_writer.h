// JSON, appended to a string piece by piece.
#ifndef WEIR_COMMON_DIALECT_JSON_WRITER_H_
#define WEIR_COMMON_DIALECT_JSON_WRITER_H_

#include <concepts>
#include <string>
#include <string_view>

#include "common/concat.h"

namespace weir::dialect {

// Appends `text` as a JSON string, quotes included. Bytes that are not UTF-8
// become U+FFFD, so that the result is always valid JSON.
void AppendJsonString(std::string_view text, std::string& out);

// Writes the commas; that what is opened gets closed and that members of an
// object have keys is the caller's business:
//
//   JsonWriter json(out);
//   json.BeginObject().Key("id").String(id).Key("index").Number(0);
//   json.Key("delta").BeginObject().EndObject().EndObject();
//
// Appends to what `out` holds, which may be more than JSON: `data: ` before it,
// an empty line behind. Cheap to make; not thread-safe.
class JsonWriter {
 public:
  // `out` outlives this.
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginArray() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }

  // Members' names are ours: nothing in `name` needs an escape.
  JsonWriter& Key(std::string_view name);

  JsonWriter& String(std::string_view text) {
    Separate();
    AppendJsonString(text, out_);
    return *this;
  }
  // Null where it is empty.
  JsonWriter& StringOrNull(std::string_view text) {
    return text.empty() ? Null() : String(text);
  }
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool> &&
           !std::same_as<Integer, char>) JsonWriter& Number(Integer number) {
    Separate();
    Append(out_, number);
    return *this;
  }
  // REQUIRES: finite. As short as reads back as the same.
  JsonWriter& Decimal(double number);
  JsonWriter& Bool(bool truth) { return Raw(truth ? "true" : "false"); }
  JsonWriter& Null() { return Raw("null"); }

  // REQUIRES: `json` is one JSON value.
  JsonWriter& Raw(std::string_view json) {
    Separate();
    out_.append(json);
    return *this;
  }

  // REQUIRES: `members` are members of an object, without braces; may be none.
  JsonWriter& RawMembers(std::string_view members) {
    return members.empty() ? *this : Raw(members);
  }

 private:
  void Separate() {
    if (comma_) out_ += ',';
    comma_ = true;
  }
  JsonWriter& Open(char bracket) {
    Separate();
    out_ += bracket;
    comma_ = false;
    return *this;
  }
  JsonWriter& Close(char bracket) {
    out_ += bracket;
    comma_ = true;
    return *this;
  }

  std::string& out_;
  // A value stands before the next one.
  bool comma_ = false;
};

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_JSON_WRITER_H_
