#include "common/dialect/gemini/read_contents.h"

#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

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
using canonical::ToolCall;

MediaKind KindOf(std::string_view media_type) {
  if (media_type.starts_with("image/")) return MediaKind::kImage;
  return media_type.starts_with("audio/") ? MediaKind::kAudio
                                          : MediaKind::kDocument;
}

class ContentsReader {
 public:
  explicit ContentsReader(Request& request) : request_(request) {}

  void Read(const Field& field) {
    // The one turn may stand there without its list.
    if (field.is_object()) return ReadTurn(field);
    field.Items([this](std::uint32_t index, const Field& turn) {
      place_.message = index;
      ReadTurn(turn);
    });
  }

 private:
  void ReadTurn(const Field& turn) {
    const std::string_view role = turn.StringAt("role");
    if (!role.empty() && role != "user" && role != "model" &&
        role != "function") {
      return turn.Fail("has a `role` that is not user or model");
    }
    message_ = {.role = role == "model" ? Role::kAssistant : Role::kUser,
                .parts = {}};
    turn.Members([this](std::string_view key, const Field& parts) {
      if (key != "parts") return;
      parts.Items([this](std::uint32_t index, const Field& part) {
        place_.part = index;
        ReadPart(part);
      });
    });
    if (!message_.parts.empty()) {
      request_.messages.push_back(std::move(message_));
    }
  }

  template <typename T>
  void Add(T value) {
    message_.parts.push_back({std::move(value), place_});
  }

  void ReadPart(const Field& part) {
    bool is_thought = false;
    part.Members([&](std::string_view key, const Field& value) {
      if (key == "thought") is_thought = value.Bool();
    });
    // Nobody else can be given back what a Gemini thought.
    if (is_thought) return canonical::Drop("thought", request_);
    part.Members([&](std::string_view key, const Field& value) {
      if (key == "text") {
        Add(Text{value.String()});
      } else if (key == "inlineData" || key == "inline_data") {
        ReadInlineData(value);
      } else if (key == "fileData" || key == "file_data") {
        ReadFileData(value);
      } else if (key == "functionCall" || key == "function_call") {
        ReadCall(value);
      } else if (key == "functionResponse" || key == "function_response") {
        ReadResponse(value);
      } else if (key == "thoughtSignature" || key == "thought_signature") {
        canonical::Drop("thoughtSignature", request_);
      } else if (key == "videoMetadata" || key == "mediaResolution") {
        canonical::Drop("mediaResolution", request_);
      } else if (key != "thought") {
        value.Fail("is a part that only Gemini's API has");
      }
    });
  }

  void ReadInlineData(const Field& field) {
    Media media{.media_type = Either(field, "mimeType", "mime_type"),
                .data = field.NeedString("data")};
    if (media.media_type.empty()) return field.Fail("needs a `mimeType`");
    media.kind = KindOf(media.media_type);
    Add(media);
  }

  void ReadFileData(const Field& field) {
    Media media{.media_type = Either(field, "mimeType", "mime_type"),
                .url = Either(field, "fileUri", "file_uri")};
    if (!canonical::IsWebAddress(media.url)) {
      return field.Fail("names a file that only Google has");
    }
    // The service keeps what was uploaded to it.
    if (media.url.find("generativelanguage.googleapis.com") !=
        std::string_view::npos) {
      return field.Fail("names a file that only Google has");
    }
    media.kind =
        media.media_type.empty() ? MediaKind::kImage : KindOf(media.media_type);
    Add(media);
  }

  void ReadCall(const Field& field) {
    if (message_.role != Role::kAssistant) {
      return field.Fail("must stand in a turn of the model");
    }
    ToolCall call{.id = field.StringAt("id"),
                  .name = field.NeedString("name"),
                  .arguments = "{}"};
    if (call.id.empty()) {
      call.id = field.reading().Keep(Concat("call_", ++calls_));
    }
    field.Members([&](std::string_view key, const Field& value) {
      if (key == "args") call.arguments = value.ObjectJson();
    });
    waiting_.push_back(call);
    Add(call);
  }

  void ReadResponse(const Field& field) {
    if (message_.role != Role::kUser) {
      return field.Fail("must stand in a turn of the user");
    }
    const std::string_view id = field.StringAt("id");
    const std::string_view name = field.NeedString("name");
    const auto call = std::find_if(
        waiting_.begin(), waiting_.end(), [&](const ToolCall& waiting) {
          return id.empty() ? waiting.name == name : waiting.id == id;
        });
    if (call == waiting_.end()) {
      return field.Fail("answers a function call that is not there");
    }
    canonical::ToolResult result{.call_id = call->id, .name = call->name};
    waiting_.erase(call);
    field.Members([&](std::string_view key, const Field& value) {
      if (key == "response") ReadResult(value, result);
      if (key == "parts") value.Fail("is a part that only Gemini's API has");
    });
    Add(std::move(result));
  }

  // `{"output": ...}` and `{"error": ...}` are what the API's documentation
  // asks for; anything else is the output as it is.
  static void ReadResult(const Field& response, canonical::ToolResult& result) {
    simdjson::dom::object object;
    simdjson::dom::element only;
    const bool is_one = !response.value().get(object) && object.size() == 1;
    if (is_one && !object.at_key("error").get(only)) result.is_error = true;
    if (is_one && (result.is_error || !object.at_key("output").get(only) ||
                   !object.at_key("result").get(only))) {
      std::string_view text;
      if (only.get(text)) {
        text = response.reading().Keep(simdjson::minify(only));
      }
      result.content.emplace_back(Text{text});
      return;
    }
    result.content.emplace_back(Text{response.Json()});
  }

  static std::string_view Either(const Field& field, std::string_view name,
                                 std::string_view other) {
    const std::string_view text = field.StringAt(name);
    return text.empty() ? field.StringAt(other) : text;
  }

  Request& request_;
  Place place_;
  Message message_;
  // Calls without a response so far.
  std::vector<ToolCall> waiting_;
  std::uint32_t calls_ = 0;
};

}  // namespace

void ReadContents(const Field& field, Request& request) {
  ContentsReader(request).Read(field);
}

}  // namespace weir::dialect
