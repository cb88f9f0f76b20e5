#include "controlplane/registry/field_diff.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/config/yaml.h"

namespace weir::controlplane {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Durations and times are written as one value.
bool IsLookedInto(const FieldDescriptor* field) {
  return field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field->message_type()->file()->package() != "google.protobuf";
}

// `message` with nothing but `field`, of a list nothing but element `index`.
std::unique_ptr<Message> Only(const Message& message,
                              const FieldDescriptor* field, int index) {
  std::unique_ptr<Message> only(message.New());
  only->CopyFrom(message);
  const Reflection* reflection = only->GetReflection();
  std::vector<const FieldDescriptor*> present;
  reflection->ListFields(message, &present);
  for (const FieldDescriptor* other : present) {
    if (other != field) reflection->ClearField(only.get(), other);
  }
  if (field->is_repeated() && !field->is_map()) {
    if (index > 0) reflection->SwapElements(only.get(), field, 0, index);
    while (reflection->FieldSize(*only, field) > 1) {
      reflection->RemoveLast(only.get(), field);
    }
  }
  return only;
}

// The value of a field that is there, as YAML. It is written inside its message
// and the field's name cut off, so that there is one way to write each type.
std::string Render(const Message& message, const FieldDescriptor* field,
                   int index) {
  const std::string yaml = config::ToYaml(*Only(message, field, index));
  absl::string_view text = yaml;
  absl::ConsumePrefix(&text, absl::StrCat(field->name(), ":"));
  text = absl::StripTrailingAsciiWhitespace(text);
  if (absl::ConsumePrefix(&text, "\n")) {
    // Indentation counts in what stands on several lines.
    if (absl::StrContains(text, "\n")) return std::string(text);
  }
  text = absl::StripLeadingAsciiWhitespace(text);
  if (field->is_repeated() && !IsLookedInto(field)) {
    // A list of one value, in one line or two.
    absl::ConsumePrefix(&text, "- ");
    absl::ConsumePrefix(&text, "[");
    absl::ConsumeSuffix(&text, "]");
  }
  return std::string(text);
}

class Walk {
 public:
  void Compare(const Message& before, const Message& after,
               const std::string& prefix) {
    const auto* descriptor = before.GetDescriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const FieldDescriptor* field = descriptor->field(i);
      const std::string path = absl::StrCat(prefix, field->name());
      if (field->is_map()) {
        CompareWhole({before, after, field, path});
        continue;
      }
      if (!field->is_repeated()) {
        CompareOne({before, after, field, path});
        continue;
      }
      const int count = std::max(Count(before, field), Count(after, field));
      for (int j = 0; j < count; ++j) {
        CompareOne({before, after, field, absl::StrCat(path, "[", j, "]"), j});
      }
    }
  }

  std::vector<FieldChange> Take() { return std::move(changes_); }

 private:
  struct Place {
    const Message& before;
    const Message& after;
    const FieldDescriptor* field;
    std::string path;
    int index = 0;
  };

  static int Count(const Message& message, const FieldDescriptor* field) {
    const Reflection* reflection = message.GetReflection();
    if (field->is_repeated()) return reflection->FieldSize(message, field);
    return reflection->HasField(message, field) ? 1 : 0;
  }

  static const Message& Inner(const Message& message, const Place& place) {
    const Reflection* reflection = message.GetReflection();
    return place.field->is_repeated()
               ? reflection->GetRepeatedMessage(message, place.field,
                                                place.index)
               : reflection->GetMessage(message, place.field);
  }

  void CompareOne(const Place& place) {
    const bool had = Count(place.before, place.field) > place.index;
    const bool has = Count(place.after, place.field) > place.index;
    if (had && has && IsLookedInto(place.field)) {
      Compare(Inner(place.before, place), Inner(place.after, place),
              absl::StrCat(place.path, "."));
      return;
    }
    CompareWhole(place);
  }

  void CompareWhole(const Place& place) {
    const auto render = [&](const Message& message) {
      return Count(message, place.field) > place.index
                 ? Render(message, place.field, place.index)
                 : "";
    };
    std::string before = render(place.before);
    std::string after = render(place.after);
    if (before == after) return;
    changes_.push_back({place.path, std::move(before), std::move(after)});
  }

  std::vector<FieldChange> changes_;
};

}  // namespace

std::vector<FieldChange> DiffFields(const Message& before,
                                    const Message& after) {
  Walk walk;
  walk.Compare(before, after, "");
  return walk.Take();
}

}  // namespace weir::controlplane
