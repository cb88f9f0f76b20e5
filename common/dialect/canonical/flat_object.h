// Small JSON objects of numbers, read in one pass.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_FLAT_OBJECT_H_
#define WEIR_COMMON_DIALECT_CANONICAL_FLAT_OBJECT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::dialect::canonical {

struct FlatMember;

// Its members in their order. A view into a FlatReader, and into what that
// read.
class FlatObject {
 public:
  class Iterator {
   public:
    explicit Iterator(const FlatMember* at) : at_(at) {}
    const FlatMember& operator*() const { return *at_; }
    // What is in a member stands behind it.
    Iterator& operator++();
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const FlatMember* at_;
  };

  FlatObject() = default;
  FlatObject(const FlatMember* begin, const FlatMember* end)
      : begin_(begin), end_(end) {}
  Iterator begin() const { return Iterator(begin_); }
  Iterator end() const { return Iterator(end_); }

 private:
  const FlatMember* begin_ = nullptr;
  const FlatMember* end_ = nullptr;
};

struct FlatValue {
  enum class Kind : std::uint8_t { kNumber, kNull, kObject, kText };
  Kind kind;
  // Of kNumber.
  std::uint64_t number;
  // Of kObject.
  FlatObject members;
};

struct FlatMember {
  std::string_view name;
  FlatValue value;
};

inline FlatObject::Iterator& FlatObject::Iterator::operator++() {
  at_ = at_->value.kind == FlatValue::Kind::kObject ? at_->value.members.end_
                                                    : at_ + 1;
  return *this;
}

// simdjson's two passes and its document cost a small object four times what
// this does: no more JSON is understood here than providers write their token
// counts in. Whole numbers, null, texts and objects in objects; names and texts
// without escapes, of ASCII alone. For anything else there is simdjson.
//
// A provider's counts differ from its last ones in their digits: such an object
// is compared with the last one instead of read, a third of the work.
//
// To be kept: making one sets all of its memory. Not thread-safe.
class FlatReader {
 public:
  FlatReader() = default;
  FlatReader(const FlatReader&) = delete;
  FlatReader& operator=(const FlatReader&) = delete;

  // The object that `text` begins with; nullopt where it has something that is
  // not understood here, or is no JSON. What stands behind it is not looked at.
  // Good until the next call, without `text`.
  std::optional<FlatObject> Read(std::string_view text);

 private:
  static constexpr std::size_t kMostMembers = 48;
  static constexpr int kDeepest = 3;

  // Whether what is read begins with last_, but for other numbers, which are in
  // members_ then.
  bool IsRepeated();
  // That it is what was passed.
  void Remember();
  bool ReadObject(int depth, FlatObject& object);
  bool ReadMember(int depth);
  bool ReadText(std::string_view& text);
  bool ReadNumber(std::uint64_t& number);
  bool ReadValue(int depth, FlatValue& value);
  // The next byte that is no blank, 0 at the end.
  char Peek() {
    if (at_ == end_ || *at_ <= ' ') SkipBlanks();
    return at_ != end_ ? *at_ : '\0';
  }
  void SkipBlanks();
  // Whether that was `expected`, which is passed then.
  bool Pass(char expected) {
    if (Peek() != expected) return false;
    ++at_;
    return true;
  }

  const char* begin_ = nullptr;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  std::size_t count_ = 0;
  // Of all depths, each before what is in it; of the last call's behind
  // `count_`.
  std::array<FlatMember, kMostMembers> members_;

  // The last object that was read, which all names lie in; empty: none. Its
  // numbers stand in it in this order.
  struct Number {
    std::size_t begin;
    std::size_t end;
    std::uint64_t* value;
  };
  std::string last_;
  std::array<Number, kMostMembers> numbers_;
  std::size_t number_count_ = 0;
  FlatObject object_;
};

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_FLAT_OBJECT_H_
