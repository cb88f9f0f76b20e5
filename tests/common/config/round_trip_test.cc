// Property: whatever the messages hold, ToYaml() gives a text that reads back
// as the same messages.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/message_differencer.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "common/config/yaml.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir::config {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::weir::testing::IsOk;

// Fills messages with values that are hard on a reader and a writer.
class MessageFiller {
 public:
  explicit MessageFiller(std::uint64_t seed) : random_(seed) {}

  void Fill(Message& message) {
    if (message.GetDescriptor() == google::protobuf::Duration::descriptor() ||
        message.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
      FillTime(message);
      return;
    }
    const auto& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      // Setting a field of a oneof clears the other, which is fine here.
      const std::uint64_t times = field.is_repeated() ? Below(4)
                                  : Below(3) == 0     ? 0
                                                      : 1;
      for (std::uint64_t n = 0; n < times; ++n) FillField(message, field);
    }
  }

 private:
  std::uint64_t Below(std::uint64_t limit) { return random_() % limit; }

  template <typename T>
  T OneOf(const std::vector<T>& values) {
    return values[Below(values.size())];
  }

  // Seconds and nanoseconds that both kinds of time can have.
  void FillTime(Message& message) {
    const auto& type = *message.GetDescriptor();
    const auto& reflection = *message.GetReflection();
    reflection.SetInt64(&message, type.FindFieldByName("seconds"),
                        OneOf<std::int64_t>({0, 1, 90, 3600, 253402300799}));
    reflection.SetInt32(
        &message, type.FindFieldByName("nanos"),
        OneOf<std::int32_t>({0, 1, 250'000'000, 1500, 999'999'999}));
  }

  std::string Text() {
    static const std::vector<std::string> kPieces = {
        "gpt", "4",  ".",  "-",    " ",  "\n",   "\"",      "'",    "\\", ": ",
        " #",  "[",  "{",  "&",    "*",  "!",    "|",       ">",    "%",  "@",
        "~",   "no", "0x", "null", "\t", "\x7F", "\r",      "\x1B", "é",  "漢",
        "😀",   ",",  "?",  "- ",   "<<", "---",  "\xC2\x85"};
    std::string text;
    for (auto n = Below(5); n > 0; --n) text += OneOf(kPieces);
    return text;
  }

  // One key is in a map once.
  void FillEntry(Message& message, const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, &field);
    Message& entry = *reflection.AddMessage(&message, &field);
    const auto& type = *field.message_type();
    entry.GetReflection()->SetString(&entry, type.map_key(),
                                     Text() + std::to_string(size));
    entry.GetReflection()->SetString(&entry, type.map_value(), Text());
  }

  void FillField(Message& message, const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    const bool repeated = field.is_repeated();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        repeated ? reflection.AddString(&message, &field, Text())
                 : reflection.SetString(&message, &field, Text());
        return;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        reflection.SetDouble(
            &message, &field,
            OneOf<double>({0, 3, 2.4, 0.1, 1.0 / 3, -7.25, 1e6, 1e15, 1e300,
                           1e-9, std::numeric_limits<double>::denorm_min()}));
        return;
      case FieldDescriptor::CPPTYPE_INT32:
        reflection.SetInt32(&message, &field,
                            OneOf<std::int32_t>({0, -1, INT32_MIN, INT32_MAX}));
        return;
      case FieldDescriptor::CPPTYPE_UINT32:
        reflection.SetUInt32(&message, &field,
                             OneOf<std::uint32_t>({0, 1, UINT32_MAX}));
        return;
      case FieldDescriptor::CPPTYPE_UINT64:
        reflection.SetUInt64(&message, &field,
                             OneOf<std::uint64_t>({0, 1, UINT64_MAX}));
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        reflection.SetBool(&message, &field, Below(2) == 1);
        return;
      case FieldDescriptor::CPPTYPE_ENUM: {
        const auto& type = *field.enum_type();
        const auto* value = type.value(static_cast<int>(
            Below(static_cast<std::uint64_t>(type.value_count()))));
        repeated ? reflection.AddEnum(&message, &field, value)
                 : reflection.SetEnum(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (field.is_map()) return FillEntry(message, field);
        Fill(repeated ? *reflection.AddMessage(&message, &field)
                      : *reflection.MutableMessage(&message, &field));
        return;
      default:
        FAIL() << "the schema has a new type at " << field.full_name();
    }
  }

  std::mt19937_64 random_;
};

TEST(RoundTripTest, WhatIsWrittenReadsBackTheSame) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    v1::Resources resources;
    MessageFiller(seed).Fill(resources);
    const std::string text = ToYaml(resources);
    const auto file = ParseResourceFile(text, "f");
    ASSERT_THAT(file, IsOk()) << "seed " << seed << "\n" << text;
    google::protobuf::util::MessageDifferencer differencer;
    std::string differences;
    differencer.ReportDifferencesToString(&differences);
    ASSERT_TRUE(differencer.Compare(resources, file->resources))
        << "seed " << seed << "\n"
        << differences << text;
  }
}

}  // namespace
}  // namespace weir::config
