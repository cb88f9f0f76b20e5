#include "common/dialect/json_writer.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "common/dialect/plain_text.h"

namespace weir::dialect {

JsonWriter& JsonWriter::Key(std::string_view name) {
  Raw("\"");
  comma_ = false;
  Raw(name);
  comma_ = false;
  Raw("\":");
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view text) {
  if (text.size() > kRoom - kAround || PlainLength(text) < text.size()) {
    End(Begin(kAround));
    Flush();
    AppendJsonString(text, out_);
    return Done();
  }
  char* to = Begin(text.size() + kAround);
  *to++ = '"';
  to = std::copy(text.begin(), text.end(), to);
  *to++ = '"';
  End(to);
  return Done();
}

JsonWriter& JsonWriter::Raw(std::string_view json) {
  if (json.size() > kRoom - kAround) {
    End(Begin(kAround));
    Flush();
    out_.append(json);
    return Done();
  }
  End(std::copy(json.begin(), json.end(), Begin(json.size() + kAround)));
  return Done();
}

JsonWriter& JsonWriter::Decimal(double number) {
  char* const to = Begin(kLongestNumber + kAround);
  End(std::to_chars(to, to + kLongestNumber, number).ptr);
  return Done();
}

}  // namespace weir::dialect
