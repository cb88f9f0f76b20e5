#include "common/dialect/anthropic/write_blocks.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/image_type.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {
namespace {

using canonical::Media;
using canonical::MediaKind;
using canonical::Request;
using canonical::Text;

constexpr std::string_view kImageTypes[] = {"image/jpeg", "image/png",
                                            "image/gif", "image/webp"};

// The API takes nothing but these in an id.
std::string IdOf(std::string_view id) {
  std::string safe(id);
  for (char& c : safe) {
    const bool is_safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!is_safe) c = '_';
  }
  return safe;
}

class BlockWriter {
 public:
  BlockWriter(const Request& request, JsonWriter& json)
      : request_(request), json_(json) {}

  std::optional<ApiError> Run() {
    json_.BeginArray();
    for (const canonical::Turn& turn : canonical::TurnsOf(request_)) {
      const bool is_user = turn.role == canonical::Role::kUser;
      json_.BeginObject().Key("role").String(is_user ? "user" : "assistant");
      json_.Key("content").BeginArray();
      for (const canonical::Part* part : turn.parts) {
        place_ = part->place;
        std::visit([this](const auto& value) { Write(value); }, part->value);
      }
      json_.EndArray().EndObject();
    }
    json_.EndArray();
    return std::move(error_);
  }

 private:
  void Refuse(std::string_view why) {
    if (error_.has_value()) return;
    error_ = canonical::CannotSay(canonical::PathOf(request_, place_), why);
  }

  void Write(const Text& text) {
    json_.BeginObject().Key("type").Word("text");
    json_.Key("text").String(text.text).EndObject();
  }

  void Write(const Media& media) {
    const bool is_image = media.kind == MediaKind::kImage;
    if (media.kind == MediaKind::kAudio) {
      return Refuse("is audio, which Anthropic's API does not take");
    }
    if (canonical::IsOtherImage(media, kImageTypes)) {
      return Refuse("is an image of a type that Anthropic's API does not take");
    }
    if (!is_image && media.url.empty() &&
        media.media_type != "application/pdf") {
      return Refuse("is a file of a type that Anthropic's API does not take");
    }
    json_.BeginObject().Key("type").String(is_image ? "image" : "document");
    json_.Key("source").BeginObject().Key("type");
    if (media.url.empty()) {
      json_.Word("base64").Key("media_type").String(canonical::TypeOf(media));
      json_.Key("data").String(media.data).EndObject();
    } else {
      json_.Word("url").Key("url").String(media.url).EndObject();
    }
    if (!media.name.empty()) json_.Key("title").String(media.name);
    json_.EndObject();
  }

  void Write(const canonical::Thinking& thinking) {
    json_.BeginObject().Key("type");
    if (!thinking.redacted.empty()) {
      json_.Word("redacted_thinking").Key("data").String(thinking.redacted);
    } else {
      json_.Word("thinking").Key("thinking").String(thinking.text);
      json_.Key("signature").String(thinking.signature);
    }
    json_.EndObject();
  }

  void Write(const canonical::ToolCall& call) {
    json_.BeginObject().Key("type").Word("tool_use");
    json_.Key("id").String(IdOf(call.id)).Key("name").String(call.name);
    json_.Key("input").Raw(call.arguments).EndObject();
  }

  void Write(const canonical::ToolResult& result) {
    json_.BeginObject().Key("type").Word("tool_result");
    json_.Key("tool_use_id").String(IdOf(result.call_id));
    if (result.is_error) json_.Key("is_error").Bool(true);
    json_.Key("content").BeginArray();
    for (const auto& part : result.content) {
      const auto* text = std::get_if<Text>(&part);
      if (text != nullptr && text->text.empty()) continue;
      std::visit([this](const auto& value) { Write(value); }, part);
    }
    json_.EndArray().EndObject();
  }

  const Request& request_;
  JsonWriter& json_;
  canonical::Place place_;
  std::optional<ApiError> error_;
};

}  // namespace

std::optional<ApiError> WriteBlocks(const Request& request, JsonWriter& json) {
  return BlockWriter(request, json).Run();
}

}  // namespace weir::dialect
