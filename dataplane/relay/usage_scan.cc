#include "dataplane/relay/usage_scan.h"

#include <emmintrin.h>
#include <simdjson.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "common/dialect/anthropic/anthropic_usage.h"
#include "common/dialect/canonical/flat_object.h"
#include "common/dialect/canonical/usage.h"
#include "common/dialect/gemini/gemini_usage.h"
#include "common/dialect/openai/openai_usage.h"
#include "common/literal.h"
#include "dataplane/relay/answer_format.h"

namespace weir::dataplane {
namespace {

using dialect::canonical::FlatReader;

constexpr std::size_t kNone = std::string_view::npos;

bool IsBlank(char c) {
  return c <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t');
}

std::string_view WithoutBlanksBefore(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  return text;
}

// Sixteen bytes at once: SSE2 is part of x86-64.
__m128i Load(const char* bytes) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
}
// A bit for each byte that is `c`.
unsigned Where(__m128i bytes, char c) {
  return static_cast<unsigned>(
      _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(c))));
}

std::string_view NameOfUsage(AnswerFormat format) {
  return format == AnswerFormat::kGenerate ? R"("usageMetadata")"
                                           : R"("usage")";
}

std::string_view WithoutBlanksBehind(std::string_view text) {
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

// Whether the brace behind `text`, which has room for `name` and a colon,
// cannot be that of `name`, by two bytes.
bool IsOthers(std::string_view text, std::string_view name) {
  if (IsBlank(text.back())) return false;
  return text.back() != ':' || (!IsBlank(text[text.size() - 2]) &&
                                text[text.size() - 3] != name[name.size() - 2]);
}

// Where the last `name` of an object in `text` begins, and its brace stands.
struct NamedObject {
  std::size_t name = kNone;
  std::size_t brace = kNone;
};

// From behind, and by the braces, of which there are few: looking for the name
// took three times as long. The first of an event, behind `data: `, has no room
// for a name before it. Inside a string the quotes of `name` would be escaped.
NamedObject LastObject(std::string_view text, std::string_view name) {
  while (text.size() > name.size() + 1) {
    const void* const found = memrchr(text.data(), '{', text.size());
    if (found == nullptr) break;
    const auto brace =
        static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
    if (brace <= name.size()) break;
    text = text.substr(0, brace);
    if (IsOthers(text, name)) continue;
    std::string_view before = WithoutBlanksBehind(text);
    if (!before.ends_with(':')) continue;
    before = WithoutBlanksBehind(before.substr(0, before.size() - 1));
    if (before.ends_with(name)) return {before.size() - name.size(), brace};
  }
  return {};
}

// The counts of message_start, which is the first event.
std::optional<std::string_view> FirstObject(std::string_view text,
                                            std::string_view name) {
  const std::size_t start = text.find(R"("message_start")");
  if (start == kNone) return std::nullopt;
  const std::size_t at = text.find(name, start);
  if (at == kNone) return std::nullopt;
  std::string_view value = WithoutBlanksBefore(text.substr(at + name.size()));
  if (!value.starts_with(':')) return std::nullopt;
  value = WithoutBlanksBefore(value.substr(1));
  if (!value.starts_with('{')) return std::nullopt;
  return value;
}

// Behind the string whose first quote stands at `at`; kNone where it is cut.
std::size_t EndOfString(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return kNone;
}

// Of the object that `text` begins with; 0 where it is cut.
std::size_t SizeOfEscaped(std::string_view text) {
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      const std::size_t end = EndOfString(text, at);
      if (end == kNone) return 0;
      at = end - 1;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return at + 1;
    }
  }
  return 0;
}

// Bit i says whether the bits up to and with i are odd in number.
unsigned OddUpTo(unsigned bits) {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  return (bits ^ (bits << 8)) & 0xffff;
}

// The same, sixteen bytes at once; strings that hold escapes are read one by
// one.
std::size_t SizeOfObject(std::string_view text) {
  int depth = 0;
  unsigned in_string = 0;  // All bits or none.
  for (std::size_t at = 0; at < text.size(); at += 16) {
    std::array<char, 16> last{};
    const bool whole = text.size() - at >= 16;
    if (!whole) text.substr(at).copy(last.data(), last.size());
    const __m128i block = Load(whole ? text.data() + at : last.data());
    if (Where(block, '\\') != 0) return SizeOfEscaped(text);
    const unsigned inside = OddUpTo(Where(block, '"')) ^ in_string;
    in_string = (inside >> 15 & 1) != 0 ? 0xffff : 0;
    // Square brackets become curly by bit 0x20, and nothing else does.
    const __m128i curly = _mm_or_si128(block, _mm_set1_epi8(0x20));
    const unsigned opening = Where(curly, '{');
    unsigned brackets = (opening | Where(curly, '}')) & ~inside;
    for (; brackets != 0; brackets &= brackets - 1) {
      const int bit = std::countr_zero(brackets);
      depth += (opening >> bit & 1) != 0 ? 1 : -1;
      if (depth == 0) return at + static_cast<std::size_t>(bit) + 1;
    }
  }
  return 0;
}

UsageReading ReadObject(AnswerFormat format, std::string_view text) {
  thread_local FlatReader reader;
  if (format != AnswerFormat::kGenerate) {
    if (const auto counts = reader.Read(text)) {
      return format == AnswerFormat::kMessages
                 ? dialect::ReadAnthropicUsage(*counts)
                 : dialect::ReadOpenAiUsage(*counts);
    }
  }
  const std::size_t size = SizeOfObject(text);
  thread_local simdjson::dom::parser parser;
  simdjson::dom::object counts;
  if (size == 0 || parser.parse(text.data(), size).get(counts)) {
    return {{}, 1};
  }
  switch (format) {
    case AnswerFormat::kMessages:
      return dialect::ReadAnthropicUsage(counts);
    case AnswerFormat::kGenerate:
      return dialect::ReadGeminiUsage(counts);
    default:
      return dialect::ReadOpenAiUsage(counts);
  }
}

}  // namespace

std::size_t LastUsage(AnswerFormat format, std::string_view text) {
  return LastObject(text, NameOfUsage(format)).name;
}

std::size_t OpenUsage(AnswerFormat format, std::string_view text) {
  // Nearly every event ends so.
  if (EndsWith(text, "}\n\n")) return kNone;
  std::string_view named = WithoutBlanksBehind(text);
  if (named.empty() || named.back() == '}') return kNone;
  const bool cut = named.size() == text.size();
  const std::string_view name = NameOfUsage(format);
  if (named.back() == ':') {
    named = WithoutBlanksBehind(named.substr(0, named.size() - 1));
  }
  if (named.ends_with(name)) return named.size() - name.size();
  for (std::size_t begun = name.size() - 1; cut && begun > 0; --begun) {
    if (text.ends_with(name.substr(0, begun))) return text.size() - begun;
  }
  return kNone;
}

UsageReading ReadUsage(AnswerFormat format, std::string_view head,
                       std::string_view tail) {
  UsageReading reading;
  if (!SaysUsage(format)) return reading;
  const std::string_view name = NameOfUsage(format);
  const std::size_t last = LastObject(tail, name).brace;
  if (last != kNone) reading = ReadObject(format, tail.substr(last));
  if (format == AnswerFormat::kMessages) {
    if (const auto first = FirstObject(head, name)) {
      const UsageReading later =
          std::exchange(reading, ReadObject(format, *first));
      Overlay(later.usage, reading.usage);
      reading.unbelievable += later.unbelievable;
    }
  }
  // Nothing comes out of an embedding, and nobody says so.
  if (format == AnswerFormat::kEmbeddings && !reading.usage.output &&
      InputOf(reading.usage).has_value()) {
    reading.usage.output = 0;
  }
  return reading;
}

}  // namespace weir::dataplane
