#include "common/dialect/canonical/flat_object.h"

#include <emmintrin.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::dialect::canonical {
namespace {

// Whatever has more is beyond belief, and no business of a quick look.
constexpr int kMostDigits = 18;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// How many of sixteen bytes come before a quote or one that is not for here.
// SSE2 is part of x86-64.
int StopIn(const char* bytes) {
  const __m128i block =
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  const __m128i stops =
      _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')),
                                _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'))),
                   // Signed: bytes beyond ASCII are negative.
                   _mm_cmplt_epi8(block, _mm_set1_epi8(' ')));
  return std::countr_zero(static_cast<unsigned>(_mm_movemask_epi8(stops)) |
                          0x10000U);
}

}  // namespace

std::optional<FlatObject> FlatReader::Read(std::string_view text) {
  begin_ = at_ = text.data();
  end_ = at_ + text.size();
  if (IsRepeated()) return object_;
  last_.clear();
  at_ = begin_;
  count_ = 0;
  number_count_ = 0;
  if (Peek() != '{' || !ReadObject(1, object_)) return std::nullopt;
  Remember();
  return object_;
}

bool FlatReader::IsRepeated() {
  if (last_.empty()) return false;
  const std::string_view last = last_;
  std::size_t passed = 0;
  const auto pass_until = [&](std::size_t end) {
    const std::string_view same = last.substr(passed, end - passed);
    const auto left = static_cast<std::size_t>(end_ - at_);
    if (!std::string_view(at_, left).starts_with(same)) return false;
    at_ += same.size();
    return true;
  };
  for (std::size_t i = 0; i < number_count_; ++i) {
    const Number& number = numbers_[i];
    if (!pass_until(number.begin) || at_ == end_ || !IsDigit(*at_) ||
        !ReadNumber(*number.value)) {
      return false;
    }
    passed = number.end;
  }
  return pass_until(last.size());
}

void FlatReader::Remember() {
  last_.assign(begin_, at_);
  for (std::size_t i = 0; i < count_; ++i) {
    std::string_view& name = members_[i].name;
    name = {last_.data() + (name.data() - begin_), name.size()};
  }
}

void FlatReader::SkipBlanks() {
  while (at_ != end_ &&
         (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) {
    ++at_;
  }
}

bool FlatReader::ReadObject(int depth, FlatObject& object) {
  ++at_;
  const std::size_t first = count_;
  if (Peek() != '}') {
    do {
      if (!ReadMember(depth)) return false;
    } while (Pass(','));
  }
  if (!Pass('}')) return false;
  object = FlatObject(members_.data() + first, members_.data() + count_);
  return true;
}

bool FlatReader::ReadMember(int depth) {
  if (count_ == kMostMembers) return false;
  FlatMember& member = members_[count_++];
  return Peek() == '"' && ReadText(member.name) && Pass(':') &&
         ReadValue(depth, member.value);
}

bool FlatReader::ReadText(std::string_view& text) {
  const char* const begin = ++at_;
  for (int passed = 16; passed == 16 && end_ - at_ >= 16; at_ += passed) {
    passed = StopIn(at_);
  }
  for (; at_ != end_ && *at_ != '"'; ++at_) {
    // Signed: bytes beyond ASCII are negative.
    if (*at_ < ' ' || *at_ == '\\') return false;
  }
  if (at_ == end_) return false;
  text = std::string_view(begin, static_cast<std::size_t>(at_ - begin));
  ++at_;
  return true;
}

bool FlatReader::ReadNumber(std::uint64_t& number) {
  const char* const begin = at_;
  number = 0;
  for (; at_ != end_ && IsDigit(*at_); ++at_) {
    if (at_ - begin == kMostDigits) return false;
    number = number * 10 + static_cast<std::uint64_t>(*at_ - '0');
  }
  if (*begin == '0' && at_ - begin > 1) return false;
  return at_ != end_ && *at_ != '.' && *at_ != 'e' && *at_ != 'E';
}

bool FlatReader::ReadValue(int depth, FlatValue& value) {
  const char first = Peek();
  if (IsDigit(first)) {
    value.kind = FlatValue::Kind::kNumber;
    const char* const begin = at_;
    if (!ReadNumber(value.number)) return false;
    numbers_[number_count_++] = {static_cast<std::size_t>(begin - begin_),
                                 static_cast<std::size_t>(at_ - begin_),
                                 &value.number};
    return true;
  }
  if (first == '{') {
    value.kind = FlatValue::Kind::kObject;
    return depth < kDeepest && ReadObject(depth + 1, value.members);
  }
  if (first == '"') {
    value.kind = FlatValue::Kind::kText;
    std::string_view text;
    return ReadText(text);
  }
  constexpr std::string_view kNull = "null";
  const auto left = static_cast<std::size_t>(end_ - at_);
  if (!std::string_view(at_, left).starts_with(kNull)) return false;
  at_ += kNull.size();
  value.kind = FlatValue::Kind::kNull;
  return true;
}

}  // namespace weir::dialect::canonical
