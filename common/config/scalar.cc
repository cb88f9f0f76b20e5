#include "common/config/scalar.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/config/enum_text.h"
#include "common/config/nearest.h"

namespace weir::config {
namespace {

using google::protobuf::FieldDescriptor;

// Long values are quoted by their beginning: a message is read by a person.
std::string Quoted(std::string_view text) {
  constexpr std::size_t kShown = 60;
  if (text.size() <= kShown) return '"' + std::string(text) + '"';
  std::size_t end = kShown;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;  // Inside a letter.
  return '"' + std::string(text.substr(0, end)) + "...\"";
}

Misfit Not(std::string_view noun, std::string_view text, std::string fix) {
  return {"is not " + std::string(noun) + ": " + Quoted(text), std::move(fix)};
}

template <typename Integer>
std::optional<Misfit> PutInteger(std::string_view text, FieldSlot& slot) {
  Integer value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::result_out_of_range && stop == end) {
    return Misfit{"is too large: " + Quoted(text),
                  "write a number from " +
                      std::to_string(std::numeric_limits<Integer>::min()) +
                      " to " +
                      std::to_string(std::numeric_limits<Integer>::max())};
  }
  if (error != std::errc() || stop != end) {
    return Not("a whole number", text,
               std::is_signed_v<Integer> ? "write one like 10 or -10"
                                         : "write one like 10, 0 or more");
  }
  // YAML 1.1 reads 010 as eight, others as ten.
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.size() > 1 && digits[0] == '0') {
    return Not("a plain number", text, "leave out the zeros in front");
  }
  slot.Put(value);
  return std::nullopt;
}

std::optional<Misfit> PutDouble(std::string_view text, FieldSlot& slot) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) {
    return Not("a number", text, "write one like 2 or 0.25");
  }
  slot.Put(value);
  return std::nullopt;
}

std::optional<Misfit> PutBool(std::string_view text, FieldSlot& slot) {
  if (text != "true" && text != "false") {
    return Not("true or false", text, "write one of the two");
  }
  slot.Put(text == "true");
  return std::nullopt;
}

std::optional<Misfit> PutEnum(std::string_view text, FieldSlot& slot) {
  const auto& type = *slot.field().enum_type();
  if (const auto* value = FindEnumValue(type, text)) {
    slot.PutEnum(*value);
    return std::nullopt;
  }
  return Misfit{"is not known: " + Quoted(text),
                Suggest(text, "values", EnumTexts(type))};
}

std::optional<Misfit> PutDuration(const std::string& text, FieldSlot& slot) {
  absl::Duration duration;
  if (!absl::ParseDuration(text, &duration) ||
      duration == absl::InfiniteDuration() ||
      duration == -absl::InfiniteDuration()) {
    return Not("a duration", text, "write it with units: 10s, 1m30s, 250ms");
  }
  slot.PutMessage().CopyFrom(FromDuration(duration));
  return std::nullopt;
}

std::optional<Misfit> PutTimestamp(const std::string& text, FieldSlot& slot) {
  // A day alone begins at midnight UTC, as prices do.
  constexpr std::size_t kDay = std::string_view("2026-01-31").size();
  const std::string full = text.size() == kDay ? text + "T00:00:00Z" : text;
  google::protobuf::Timestamp timestamp;
  if (!google::protobuf::util::TimeUtil::FromString(full, &timestamp)) {
    return Not("a point in time", text, "write it like 2026-01-31T12:00:00Z");
  }
  slot.PutMessage().CopyFrom(timestamp);
  return std::nullopt;
}

bool Is(const FieldDescriptor& field,
        const google::protobuf::Descriptor* type) {
  return field.message_type() == type;
}

}  // namespace

bool IsScalarValue(const FieldDescriptor& field) {
  return field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
         Is(field, google::protobuf::Duration::descriptor()) ||
         Is(field, google::protobuf::Timestamp::descriptor());
}

std::optional<Misfit> PutScalar(const std::string& text, FieldSlot slot) {
  switch (slot.field().cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      slot.Put(text);
      return std::nullopt;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return PutDouble(text, slot);
    case FieldDescriptor::CPPTYPE_BOOL:
      return PutBool(text, slot);
    case FieldDescriptor::CPPTYPE_INT32:
      return PutInteger<std::int32_t>(text, slot);
    case FieldDescriptor::CPPTYPE_INT64:
      return PutInteger<std::int64_t>(text, slot);
    case FieldDescriptor::CPPTYPE_UINT32:
      return PutInteger<std::uint32_t>(text, slot);
    case FieldDescriptor::CPPTYPE_UINT64:
      return PutInteger<std::uint64_t>(text, slot);
    case FieldDescriptor::CPPTYPE_ENUM:
      return PutEnum(text, slot);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Is(slot.field(), google::protobuf::Duration::descriptor())
                 ? PutDuration(text, slot)
                 : PutTimestamp(text, slot);
    case FieldDescriptor::CPPTYPE_FLOAT:
      break;
  }
  return Misfit{"can't be set from a file", "leave it out"};
}

}  // namespace weir::config
