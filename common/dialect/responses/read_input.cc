#include "common/dialect/responses/read_input.h"

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/concat.h"
#include "common/dialect/canonical/json_field.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/request_parts.h"
#include "common/dialect/responses/read_tools.h"
#include "common/dialect/responses/sealed_thought.h"

namespace weir::dialect {
namespace {

using canonical::Field;
using canonical::Media;
using canonical::MediaKind;
using canonical::Place;
using canonical::Request;
using canonical::Role;
using canonical::Text;

using Said = std::variant<Text, Media>;

void RefuseKept(const Field& part) {
  part.Fail("names a file that only OpenAI has");
}

Media ReadImage(const Field& part) {
  Media media;
  if (!part.StringAt("file_id").empty()) {
    RefuseKept(part);
  } else if (!canonical::ReadAddress(part.StringAt("image_url"), media)) {
    part.Fail("needs an `image_url` with http(s) or base64 data in it");
  }
  media.detail = part.StringAt("detail");
  return media;
}

Media ReadFile(const Field& part) {
  Media media{.kind = MediaKind::kDocument};
  std::string_view address = part.StringAt("file_data");
  if (address.empty()) address = part.StringAt("file_url");
  if (!part.StringAt("file_id").empty()) {
    RefuseKept(part);
  } else if (!canonical::ReadAddress(address, media)) {
    part.Fail("needs `file_data` with base64 data, or a `file_url`");
  }
  media.name = part.StringAt("filename");
  return media;
}

Media ReadAudio(const Field& part) {
  Media media{.kind = MediaKind::kAudio};
  part.Members([&](std::string_view key, const Field& audio) {
    if (key != "input_audio") return;
    media.data = audio.NeedString("data");
    const std::string_view format = audio.NeedString("format");
    media.media_type = part.reading().Keep(
        Concat("audio/", format == "mp3" ? "mpeg" : format));
  });
  if (media.data.empty()) part.Fail("needs an `input_audio`");
  return media;
}

Said ReadPart(const Field& part) {
  const std::string_view type = part.StringAt("type");
  if (type == "input_text" || type == "output_text" || type == "text") {
    return Text{part.StringAt("text")};
  }
  if (type == "refusal") return Text{part.StringAt("refusal")};
  if (type == "input_image") return ReadImage(part);
  if (type == "input_file") return ReadFile(part);
  if (type == "input_audio") return ReadAudio(part);
  part.Fail("is of a type that is not known");
  return Text{};
}

class ItemReader {
 public:
  ItemReader(const Field& field, std::uint32_t index, Request& request,
             std::string_view& call_signature)
      : field_(field),
        place_{index, std::nullopt},
        request_(request),
        call_signature_(call_signature) {}

  void Read() {
    const std::string_view type = field_.StringAt("type");
    // It stands right before its call.
    const bool is_call = type == "function_call" || type == "custom_tool_call";
    if (!is_call && type != "reasoning") call_signature_ = {};
    if (type == "message" || (type.empty() && HasRole())) {
      ReadMessage();
    } else if (is_call) {
      ReadCall(type == "custom_tool_call"
                   ? ArgumentsWith(field_.StringAt("input"), field_.reading())
                   : canonical::ArgumentsAt(field_));
    } else if (type == "function_call_output" ||
               type == "custom_tool_call_output") {
      ReadResult();
    } else if (type == "reasoning") {
      ReadReasoning();
    } else if (type == "item_reference" || type.empty()) {
      field_.Fail(
          "refers to an item that only OpenAI can have kept: it must stand "
          "here itself (with `store` false, clients send it)");
    } else {
      field_.Fail("is of a type that only OpenAI's API has");
    }
  }

 private:
  bool HasRole() const { return !field_.StringAt("role").empty(); }

  // The message that a part of this role belongs to: the items of a model's
  // turn are one.
  canonical::Message& MessageOf(Role role) {
    auto& messages = request_.messages;
    if (messages.empty() || messages.back().role != role ||
        role == Role::kUser) {
      messages.push_back({role});
    }
    return messages.back();
  }

  // Calls `take(said, index)` for each part under `key`; a string is one
  // without an index.
  template <typename F>
  void ReadParts(std::string_view key, F&& take) {
    field_.Members([&](std::string_view name, const Field& value) {
      if (name != key) return;
      if (value.is_string()) {
        return take(Said(Text{value.String()}), std::nullopt, value);
      }
      value.Items([&](std::uint32_t index, const Field& part) {
        take(ReadPart(part), std::optional(index), part);
      });
    });
  }

  void ReadMessage() {
    const std::string_view role = field_.NeedString("role");
    if (role == "system" || role == "developer") return ReadSystem();
    if (role != "user" && role != "assistant") {
      return field_.Fail(
          "has a `role` that is not system, developer, user or assistant");
    }
    std::vector<canonical::Part> parts;
    ReadParts("content", [&](const Said& said,
                             std::optional<std::uint32_t> index, const Field&) {
      const Place place{place_.message, index};
      std::visit(
          [&](const auto& value) {
            parts.push_back({value, place});
          },
          said);
    });
    if (parts.empty()) return;
    auto& into =
        MessageOf(role == "user" ? Role::kUser : Role::kAssistant).parts;
    into.insert(into.end(), parts.begin(), parts.end());
  }

  void ReadSystem() {
    ReadParts("content", [this](const Said& said, std::optional<std::uint32_t>,
                                const Field& part) {
      const auto* text = std::get_if<Text>(&said);
      if (text == nullptr) {
        return part.Fail("must be text, as all instructions are");
      }
      request_.system.push_back(*text);
    });
  }

  void ReadCall(std::string_view arguments) {
    canonical::ToolCall call{
        .id = field_.NeedString("call_id"),
        .name = field_.NeedString("name"),
        .arguments = arguments,
        .thought_signature = std::exchange(call_signature_, {})};
    if (const auto space = field_.StringAt("namespace"); !space.empty()) {
      call.name = NameWithin(space, call.name, field_.reading());
    }
    MessageOf(Role::kAssistant).parts.push_back({call, place_});
  }

  void ReadResult() {
    canonical::ToolResult result{.call_id = field_.NeedString("call_id")};
    result.name = canonical::NameOfCall(request_, result.call_id);
    if (result.name.empty() && !field_.reading().failed()) {
      return field_.Fail("answers a tool call that is not there");
    }
    ReadParts("output",
              [&result](const Said& said, std::optional<std::uint32_t>,
                        const Field&) { result.content.push_back(said); });
    MessageOf(Role::kUser).parts.push_back({std::move(result), place_});
  }

  // Thoughts that no vendor can take back are left out.
  void ReadReasoning() {
    const auto seal = SealIn(field_.StringAt("encrypted_content"));
    if (!seal.has_value()) return canonical::Drop("thinking", request_);
    canonical::Thinking thinking;
    switch (seal->kind) {
      case SealKind::kSignature:
        thinking = {.text = Summary(), .signature = seal->data};
        break;
      case SealKind::kRedacted:
        thinking.redacted = seal->data;
        break;
      case SealKind::kCallSignature:
        call_signature_ = seal->data;
        return;
    }
    MessageOf(Role::kAssistant).parts.push_back({thinking, place_});
  }

  std::string_view Summary() {
    std::string text;
    field_.Members([&text](std::string_view key, const Field& summary) {
      if (key != "summary") return;
      summary.Items([&text](std::uint32_t, const Field& part) {
        text += part.StringAt("text");
      });
    });
    return field_.reading().Keep(std::move(text));
  }

  const Field& field_;
  const Place place_;
  Request& request_;
  // Of the call to come.
  std::string_view& call_signature_;
};

}  // namespace

void ReadInput(const Field& field, Request& request) {
  if (field.is_string()) {
    request.messages.push_back(
        {Role::kUser, {{Text{field.String()}, Place{0, std::nullopt}}}});
    return;
  }
  std::string_view call_signature;
  field.Items([&](std::uint32_t index, const Field& item) {
    ItemReader(item, index, request, call_signature).Read();
  });
}

}  // namespace weir::dialect
