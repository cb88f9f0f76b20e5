#include "common/dialect/gemini/write_contents.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/concat.h"
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

// ai.google.dev/gemini-api/docs/image-understanding
constexpr std::string_view kImageTypes[] = {
    "image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"};

constexpr std::string_view kWaiver = "skip_thought_signature_validator";

// An address says no type, and the API wants one.
std::string_view TypeByName(const Media& media) {
  if (!media.media_type.empty()) return media.media_type;
  std::string_view path = media.url.substr(0, media.url.find_first_of("?#"));
  const auto ends = [path](std::string_view end) {
    return path.ends_with(end);
  };
  if (ends(".png")) return "image/png";
  if (ends(".gif")) return "image/gif";
  if (ends(".webp")) return "image/webp";
  return media.kind == MediaKind::kDocument ? "application/pdf" : "image/jpeg";
}

class ContentsWriter {
 public:
  ContentsWriter(const Request& request, MissingSignatures missing,
                 canonical::WrittenRequest& written, JsonWriter& json)
      : request_(request), missing_(missing), written_(written), json_(json) {}

  std::optional<ApiError> Run() {
    json_.BeginArray();
    for (const canonical::Turn& turn : canonical::TurnsOf(request_)) {
      if (!HasMoreThanThoughts(turn)) continue;
      const bool is_user = turn.role == canonical::Role::kUser;
      has_call_ = false;
      json_.BeginObject().Key("role").String(is_user ? "user" : "model");
      json_.Key("parts").BeginArray();
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
  static bool HasMoreThanThoughts(const canonical::Turn& turn) {
    return !std::all_of(
        turn.parts.begin(), turn.parts.end(), [](const auto* part) {
          return std::holds_alternative<canonical::Thinking>(part->value);
        });
  }

  void Write(const Text& text) {
    json_.BeginObject().Key("text").String(text.text).EndObject();
  }

  void Write(const Media& media) {
    if (!error_.has_value() && canonical::IsOtherImage(media, kImageTypes)) {
      error_ = canonical::CannotSay(
          canonical::PathOf(request_, place_),
          "is an image of a type that Gemini's API does not take");
    }
    json_.BeginObject();
    if (media.url.empty()) {
      json_.Key("inlineData").BeginObject().Key("mimeType");
      json_.String(canonical::TypeOf(media)).Key("data").String(media.data);
    } else {
      json_.Key("fileData").BeginObject().Key("mimeType");
      json_.String(TypeByName(media)).Key("fileUri").String(media.url);
    }
    json_.EndObject().EndObject();
    if (!media.detail.empty() && media.detail != "auto") {
      canonical::Drop("image_detail", written_);
    }
  }

  // Signed for another vendor's models.
  void Write(const canonical::Thinking&) {
    canonical::Drop("thinking", written_);
  }

  void Write(const canonical::ToolCall& call) {
    json_.BeginObject().Key("functionCall").BeginObject();
    json_.Key("name").String(call.name);
    json_.Key("args").Raw(call.arguments).EndObject();
    // The first call of a turn bears the signature.
    if (!call.thought_signature.empty()) {
      json_.Key("thoughtSignature").String(call.thought_signature);
    } else if (!has_call_ && missing_ == MissingSignatures::kWaive) {
      json_.Key("thoughtSignature").String(kWaiver);
    }
    has_call_ = true;
    json_.EndObject();
  }

  void Write(const canonical::ToolResult& result) {
    std::string text;
    for (const auto& part : result.content) {
      if (const auto* words = std::get_if<Text>(&part)) {
        Append(text, text.empty() ? "" : "\n", words->text);
      }
    }
    json_.BeginObject().Key("functionResponse").BeginObject();
    json_.Key("name").String(result.name).Key("response").BeginObject();
    json_.Key(result.is_error ? "error" : "output").String(text);
    json_.EndObject().EndObject().EndObject();
    // Beside the result, where the API has a place for it.
    for (const auto& part : result.content) {
      if (const auto* media = std::get_if<Media>(&part)) Write(*media);
    }
  }

  const Request& request_;
  const MissingSignatures missing_;
  canonical::WrittenRequest& written_;
  JsonWriter& json_;
  canonical::Place place_;
  std::optional<ApiError> error_;
  // The turn has a call before this one.
  bool has_call_ = false;
};

}  // namespace

std::optional<ApiError> WriteContents(const Request& request,
                                      MissingSignatures missing,
                                      canonical::WrittenRequest& written,
                                      JsonWriter& json) {
  return ContentsWriter(request, missing, written, json).Run();
}

}  // namespace weir::dialect
