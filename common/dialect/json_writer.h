// JSON, appended to a string piece by piece.
#ifndef WEIR_COMMON_DIALECT_JSON_WRITER_H_
#define WEIR_COMMON_DIALECT_JSON_WRITER_H_

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

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
// an empty line behind. All is in `out` whenever nothing is open; what is
// within an open bracket may still be on its way, so nobody else may append
// until that is closed. Cheap to make; not thread-safe.
class JsonWriter {
 public:
  // `out` outlives this.
  explicit JsonWriter(std::string& out) : out_(out) {}
  ~JsonWriter() { Flush(); }
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginArray() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }

  // Members' names are ours: nothing in `name` needs an escape.
  template <std::size_t Size>
  JsonWriter& Key(const char (&name)[Size]) {
    char* const to = Quote(name);
    *to = ':';
    End(to + 1);
    comma_ = false;
    return *this;
  }
  JsonWriter& Key(std::string_view name);

  JsonWriter& String(std::string_view text);
  // A constant of ours: nothing in it needs an escape.
  template <std::size_t Size>
  JsonWriter& Word(const char (&word)[Size]) {
    End(Quote(word));
    return Done();
  }
  // Null where it is empty.
  JsonWriter& StringOrNull(std::string_view text) {
    return text.empty() ? Null() : String(text);
  }
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool> &&
           !std::same_as<Integer, char>) JsonWriter& Number(Integer number) {
    char* const to = Begin(kLongestNumber + kAround);
    End(std::to_chars(to, to + kLongestNumber, number).ptr);
    return Done();
  }
  // REQUIRES: finite. As short as reads back as the same.
  JsonWriter& Decimal(double number);
  JsonWriter& Bool(bool truth) { return Raw(truth ? "true" : "false"); }
  JsonWriter& Null() { return Raw("null"); }

  // REQUIRES: `json` is one JSON value.
  JsonWriter& Raw(std::string_view json);

  // REQUIRES: `members` are members of an object, without braces; may be none.
  JsonWriter& RawMembers(std::string_view members) {
    return members.empty() ? *this : Raw(members);
  }

 private:
  // Gathered before it is appended: most of what is written are keys and
  // words of a few bytes, and an append to a string costs as much as ten.
  static constexpr std::size_t kRoom = 512;
  // A comma, quotes and a colon.
  static constexpr std::size_t kAround = 4;
  // -2.2250738585072014e-308.
  static constexpr std::size_t kLongestNumber = 32;

  // Where the next value goes, behind its comma. REQUIRES: `size`, all of its
  // bytes and kAround, is at most kRoom.
  char* Begin(std::size_t size) {
    if (kRoom - used_ < size) Flush();
    char* to = buffer_.data() + used_;
    if (comma_) *to++ = ',';
    return to;
  }
  // Where it goes on behind a constant of ours, which End() has to be told.
  template <std::size_t Size>
  char* Quote(const char (&constant)[Size]) {
    char* to = Begin(Size + kAround);
    *to++ = '"';
    std::memcpy(to, constant, Size - 1);
    to += Size - 1;
    *to++ = '"';
    return to;
  }
  void End(const char* to) {
    used_ = static_cast<std::size_t>(to - buffer_.data());
  }
  // A value is written.
  JsonWriter& Done() {
    comma_ = true;
    if (open_ == 0) Flush();
    return *this;
  }
  JsonWriter& Open(char bracket) {
    char* const to = Begin(1 + kAround);
    *to = bracket;
    End(to + 1);
    comma_ = false;
    ++open_;
    return *this;
  }
  JsonWriter& Close(char bracket) {
    comma_ = false;
    char* const to = Begin(1 + kAround);
    *to = bracket;
    End(to + 1);
    --open_;
    return Done();
  }
  void Flush() {
    out_.append(buffer_.data(), used_);
    used_ = 0;
  }

  std::string& out_;
  std::size_t used_ = 0;
  // Brackets that are.
  std::uint32_t open_ = 0;
  // A value stands before the next one.
  bool comma_ = false;
  // Unset: there is one writer for each small event.
  std::array<char, kRoom> buffer_;
};

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_JSON_WRITER_H_
