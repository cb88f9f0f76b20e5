#include "dataplane/relay/usage_scan.h"

#include <simdjson.h>
#include <string.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "common/dialect/anthropic/anthropic_usage.h"
#include "common/dialect/canonical/usage.h"
#include "common/dialect/gemini/gemini_usage.h"
#include "common/dialect/openai/openai_usage.h"
#include "dataplane/relay/answer_format.h"

namespace weir::dataplane {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

std::string_view WithoutBlanksBefore(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text;
}

// From the brace on, where a member whose name ends at `end` is an object.
std::optional<std::string_view> ObjectBehind(std::string_view text,
                                             std::size_t end) {
  std::string_view value = WithoutBlanksBefore(text.substr(end));
  if (!value.starts_with(':')) return std::nullopt;
  value = WithoutBlanksBefore(value.substr(1));
  if (!value.starts_with('{')) return std::nullopt;
  return value;
}

// Where the last `name`, quotes included, that ends before `end` begins. From
// quote to quote: rfind() compares at every byte, which was a sixth of what a
// small request cost.
std::size_t LastName(std::string_view text, std::string_view name,
                     std::size_t end) {
  while (end > 0) {
    const void* const quote = ::memrchr(text.data(), '"', end);
    if (quote == nullptr) break;
    end =
        static_cast<std::size_t>(static_cast<const char*>(quote) - text.data());
    const std::string_view until = text.substr(0, end + 1);
    if (until.ends_with(name)) return until.size() - name.size();
  }
  return kNone;
}

// From behind: what stands last is the whole of it. Inside a string the quotes
// of `name` would be escaped.
std::optional<std::string_view> LastObject(std::string_view text,
                                           std::string_view name) {
  for (std::size_t at = LastName(text, name, text.size()); at != kNone;
       at = LastName(text, name, at)) {
    if (auto object = ObjectBehind(text, at + name.size())) return object;
  }
  return std::nullopt;
}

// The counts of message_start, which is the first event.
std::optional<std::string_view> FirstObject(std::string_view text,
                                            std::string_view name) {
  const std::size_t start = text.find(R"("message_start")");
  if (start == kNone) return std::nullopt;
  const std::size_t at = text.find(name, start);
  if (at == kNone) return std::nullopt;
  return ObjectBehind(text, at + name.size());
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
std::size_t SizeOfObject(std::string_view text) {
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

UsageReading ReadObject(AnswerFormat format, std::string_view text) {
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

UsageReading ReadUsage(AnswerFormat format, std::string_view head,
                       std::string_view tail) {
  UsageReading reading;
  if (!SaysUsage(format)) return reading;
  const std::string_view name =
      format == AnswerFormat::kGenerate ? R"("usageMetadata")" : R"("usage")";
  if (format == AnswerFormat::kMessages) {
    if (const auto first = FirstObject(head, name)) {
      reading = ReadObject(format, *first);
    }
  }
  if (const auto last = LastObject(tail, name)) {
    const UsageReading later = ReadObject(format, *last);
    Overlay(later.usage, reading.usage);
    reading.unbelievable += later.unbelievable;
  }
  // Nothing comes out of an embedding, and nobody says so.
  if (format == AnswerFormat::kEmbeddings && !reading.usage.output &&
      InputOf(reading.usage).has_value()) {
    reading.usage.output = 0;
  }
  return reading;
}

}  // namespace weir::dataplane
