#include "common/dialect/openai/read_chat_messages.h"

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "common/concat.h"
#include "common/dialect/canonical/json_field.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/request_parts.h"

namespace weir::dialect {
namespace {

using canonical::Field;
using canonical::Media;
using canonical::MediaKind;
using canonical::Message;
using canonical::Place;
using canonical::Request;
using canonical::Role;
using canonical::Text;

// `https://` or a data URL.
void ReadUrl(const Field& field, Media& media) {
  if (!canonical::ReadAddress(field.NeedString("url"), media)) {
    field.Fail("needs a `url` with http(s) or base64 data in it");
  }
}

Media ReadImage(const Field& part) {
  Media media;
  part.Members([&](std::string_view key, const Field& image) {
    if (key != "image_url") return;
    ReadUrl(image, media);
    media.detail = image.StringAt("detail");
  });
  if (media.url.empty() && media.data.empty()) {
    part.Fail("needs an `image_url`");
  }
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

Media ReadFile(const Field& part) {
  Media media{.kind = MediaKind::kDocument};
  part.Members([&](std::string_view key, const Field& file) {
    if (key != "file") return;
    if (!file.StringAt("file_id").empty()) {
      return file.Fail("names a file that only OpenAI has");
    }
    media.name = file.StringAt("filename");
    if (!canonical::ReadAddress(file.NeedString("file_data"), media)) {
      file.Fail("needs `file_data` with base64 data in it");
    }
  });
  if (media.data.empty() && media.url.empty()) part.Fail("needs a `file`");
  return media;
}

class MessageReader {
 public:
  MessageReader(const Field& field, std::uint32_t index, Request& request)
      : field_(field), index_(index), request_(request) {}

  void Read() {
    const std::string_view role = field_.NeedString("role");
    if (role == "system" || role == "developer") {
      ReadSystem();
    } else if (role == "user") {
      message_.role = Role::kUser;
      ReadContent([this](const Field& part) { ReadUserPart(part); });
    } else if (role == "assistant") {
      message_.role = Role::kAssistant;
      ReadAssistant();
    } else if (role == "tool") {
      message_.role = Role::kUser;
      ReadToolResult();
    } else {
      field_.Fail(
          "has a `role` that is not system, developer, user, "
          "assistant or tool");
    }
    if (!field_.StringAt("name").empty()) canonical::Drop("name", request_);
    if (!message_.parts.empty()) {
      request_.messages.push_back(std::move(message_));
    }
  }

 private:
  template <typename T>
  void Add(T value) {
    message_.parts.push_back({std::move(value), Place{index_, part_}});
  }

  // Calls `read` for each part; a string is one of text.
  template <typename F>
  void ReadContent(F&& read) {
    simdjson::dom::element content;
    if (field_.value().at_key("content").get(content) || content.is_null()) {
      return;
    }
    field_.Members([&](std::string_view key, const Field& value) {
      if (key != "content") return;
      if (value.is_string()) return Add(Text{value.String()});
      value.Items([&](std::uint32_t index, const Field& part) {
        part_ = index;
        read(part);
      });
      part_.reset();
    });
  }

  void ReadSystem() {
    ReadContent([this](const Field& part) {
      if (part.StringAt("type") != "text") {
        return part.Fail("must be text, as all instructions are");
      }
      Add(Text{part.StringAt("text")});
    });
    for (const canonical::Part& part : message_.parts) {
      request_.system.push_back(std::get<Text>(part.value));
    }
    message_.parts.clear();
  }

  void ReadUserPart(const Field& part) {
    const std::string_view type = part.StringAt("type");
    if (type == "text") {
      Add(Text{part.StringAt("text")});
    } else if (type == "image_url") {
      Add(ReadImage(part));
    } else if (type == "input_audio") {
      Add(ReadAudio(part));
    } else if (type == "file") {
      Add(ReadFile(part));
    } else {
      part.Fail("is of a type that is not known");
    }
  }

  void ReadAssistant() {
    // Thoughts come before what they led to.
    field_.Members([this](std::string_view key, const Field& value) {
      if (key == "thinking_blocks") {
        value.Items([this](std::uint32_t, const Field& block) {
          Add(canonical::Thinking{.text = block.StringAt("thinking"),
                                  .signature = block.StringAt("signature"),
                                  .redacted = block.StringAt("data")});
        });
      }
    });
    ReadContent([this](const Field& part) {
      const std::string_view type = part.StringAt("type");
      if (type == "text") return Add(Text{part.StringAt("text")});
      if (type == "refusal") return Add(Text{part.StringAt("refusal")});
      part.Fail("is of a type that is not known");
    });
    field_.Members([this](std::string_view key, const Field& value) {
      if (key == "tool_calls") {
        value.Items(
            [this](std::uint32_t, const Field& call) { ReadToolCall(call); });
      } else if (key == "refusal") {
        Add(Text{value.String()});
      } else if (key == "function_call" || key == "audio") {
        value.Fail("has no counterpart in the APIs of the model's providers");
      }
    });
  }

  void ReadToolCall(const Field& field) {
    canonical::ToolCall call{.id = field.NeedString("id")};
    field.Members([&](std::string_view key, const Field& value) {
      if (key == "function") {
        call.name = value.NeedString("name");
        call.arguments = canonical::ArgumentsAt(value);
      } else if (key == "extra_content") {
        value.Members([&](std::string_view vendor, const Field& extra) {
          if (vendor != "google") return;
          call.thought_signature = extra.StringAt("thought_signature");
        });
      }
    });
    if (call.name.empty()) return field.Fail("needs a `function`");
    Add(call);
  }

  void ReadToolResult() {
    canonical::ToolResult result{.call_id = field_.NeedString("tool_call_id")};
    result.name = canonical::NameOfCall(request_, result.call_id);
    if (result.name.empty() && !field_.reading().failed()) {
      return field_.Fail("answers a tool call that is not there");
    }
    ReadContent([this](const Field& part) { ReadUserPart(part); });
    for (canonical::Part& part : message_.parts) {
      if (const auto* text = std::get_if<Text>(&part.value)) {
        result.content.emplace_back(*text);
      } else if (const auto* media = std::get_if<Media>(&part.value)) {
        result.content.emplace_back(*media);
      }
    }
    message_.parts.clear();
    Add(std::move(result));
  }

  const Field& field_;
  const std::uint32_t index_;
  Request& request_;
  Message message_;
  // Of the content that is being read.
  std::optional<std::uint32_t> part_;
};

}  // namespace

void ReadChatMessages(const Field& field, Request& request) {
  field.Items([&](std::uint32_t index, const Field& message) {
    MessageReader(message, index, request).Read();
  });
}

}  // namespace weir::dialect
