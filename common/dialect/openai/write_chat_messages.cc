#include "common/dialect/openai/write_chat_messages.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

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
using canonical::Message;
using canonical::Part;
using canonical::Request;
using canonical::Text;
using canonical::ToolCall;
using canonical::ToolResult;

// platform.openai.com/docs/guides/images-vision
constexpr std::string_view kImageTypes[] = {"image/jpeg", "image/png",
                                            "image/gif", "image/webp"};

// What a user says, text or media, wherever it stood.
using Said = std::variant<Text, Media>;

class MessageWriter {
 public:
  MessageWriter(const Request& request, canonical::WrittenRequest& written,
                JsonWriter& json)
      : request_(request), written_(written), json_(json) {}

  std::optional<ApiError> Run() {
    json_.BeginArray();
    WriteSystem();
    for (const Message& message : request_.messages) {
      if (message.role == canonical::Role::kAssistant) {
        WriteAssistant(message);
      } else {
        WriteUser(message);
      }
    }
    json_.EndArray();
    return std::move(error_);
  }

 private:
  void Refuse(std::string_view why) {
    if (error_.has_value()) return;
    error_ = canonical::CannotSay(canonical::PathOf(request_, place_), why);
  }

  // As one string: not all that is compatible with this API takes parts here.
  void WriteSystem() {
    std::string text;
    for (const Text& block : request_.system) {
      if (block.text.empty()) continue;
      Append(text, text.empty() ? "" : "\n\n", block.text);
    }
    if (text.empty()) return;
    json_.BeginObject().Key("role").Word("system");
    json_.Key("content").String(text).EndObject();
  }

  void WriteAssistant(const Message& message) {
    std::string text;
    std::vector<const ToolCall*> calls;
    for (const Part& part : message.parts) {
      place_ = part.place;
      if (const auto* said = std::get_if<Text>(&part.value)) {
        text += said->text;
      } else if (const auto* call = std::get_if<ToolCall>(&part.value)) {
        calls.push_back(call);
      } else if (std::holds_alternative<canonical::Thinking>(part.value)) {
        // Signed for another vendor's models.
        canonical::Drop("thinking", written_);
      } else {
        Refuse("is media in a model's own words, which OpenAI's API has not");
      }
    }
    if (text.empty() && calls.empty()) return;
    json_.BeginObject().Key("role").Word("assistant").Key("content");
    if (text.empty()) {
      json_.Null();
    } else {
      json_.String(text);
    }
    WriteCalls(calls);
    json_.EndObject();
  }

  void WriteCalls(const std::vector<const ToolCall*>& calls) {
    if (calls.empty()) return;
    json_.Key("tool_calls").BeginArray();
    for (const ToolCall* call : calls) {
      json_.BeginObject().Key("id").String(call->id);
      json_.Key("type").Word("function").Key("function").BeginObject();
      json_.Key("name").String(call->name);
      json_.Key("arguments").String(call->arguments).EndObject().EndObject();
    }
    json_.EndArray();
  }

  // Results first: they must follow the calls that they answer.
  void WriteUser(const Message& message) {
    std::vector<Said> said;
    for (const Part& part : message.parts) {
      if (const auto* result = std::get_if<ToolResult>(&part.value)) {
        place_ = part.place;
        WriteResult(*result, said);
      }
    }
    for (const Part& part : message.parts) {
      if (const auto* text = std::get_if<Text>(&part.value)) {
        if (!text->text.empty()) said.emplace_back(*text);
      } else if (const auto* media = std::get_if<Media>(&part.value)) {
        place_ = part.place;
        said.emplace_back(*media);
      }
    }
    WriteSaid(said);
  }

  void WriteResult(const ToolResult& result, std::vector<Said>& said) {
    std::string text;
    bool has_media = false;
    for (const auto& part : result.content) {
      if (const auto* words = std::get_if<Text>(&part)) {
        Append(text, text.empty() ? "" : "\n", words->text);
      } else {
        has_media = true;
        said.emplace_back(std::get<Media>(part));
      }
    }
    if (text.empty() && has_media) text = "See the next message.";
    if (result.is_error) text = Concat("Error: ", text);
    json_.BeginObject().Key("role").Word("tool");
    json_.Key("tool_call_id").String(result.call_id);
    json_.Key("content").String(text).EndObject();
  }

  void WriteSaid(const std::vector<Said>& said) {
    if (said.empty()) return;
    json_.BeginObject().Key("role").Word("user").Key("content");
    const auto* only =
        said.size() == 1 ? std::get_if<Text>(&said.front()) : nullptr;
    if (only != nullptr) {
      json_.String(only->text);
    } else {
      json_.BeginArray();
      for (const Said& part : said) {
        std::visit([this](const auto& value) { Write(value); }, part);
      }
      json_.EndArray();
    }
    json_.EndObject();
  }

  void Write(const Text& text) {
    json_.BeginObject().Key("type").Word("text");
    json_.Key("text").String(text.text).EndObject();
  }

  void Write(const Media& media) {
    switch (media.kind) {
      case MediaKind::kImage:
        return WriteImage(media);
      case MediaKind::kAudio:
        return WriteAudio(media);
      case MediaKind::kDocument:
        return WriteFile(media);
    }
  }

  static std::string AddressOf(const Media& media) {
    if (!media.url.empty()) return std::string(media.url);
    return Concat("data:", canonical::TypeOf(media), ";base64,", media.data);
  }

  void WriteImage(const Media& media) {
    if (canonical::IsOtherImage(media, kImageTypes)) {
      return Refuse("is an image of a type that OpenAI's API does not take");
    }
    json_.BeginObject().Key("type").Word("image_url");
    json_.Key("image_url").BeginObject().Key("url").String(AddressOf(media));
    if (!media.detail.empty()) json_.Key("detail").String(media.detail);
    json_.EndObject().EndObject();
  }

  void WriteAudio(const Media& media) {
    std::string_view format;
    if (media.media_type == "audio/wav" || media.media_type == "audio/x-wav") {
      format = "wav";
    } else if (media.media_type == "audio/mpeg" ||
               media.media_type == "audio/mp3") {
      format = "mp3";
    }
    if (format.empty() || media.data.empty()) {
      return Refuse("is audio of a kind that OpenAI's API does not take");
    }
    json_.BeginObject().Key("type").Word("input_audio");
    json_.Key("input_audio").BeginObject().Key("data").String(media.data);
    json_.Key("format").String(format).EndObject().EndObject();
  }

  void WriteFile(const Media& media) {
    if (media.data.empty() || media.media_type != "application/pdf") {
      return Refuse("is a file that OpenAI's API does not take");
    }
    json_.BeginObject().Key("type").Word("file");
    json_.Key("file").BeginObject().Key("filename");
    json_.String(media.name.empty() ? "document.pdf" : media.name);
    json_.Key("file_data").String(AddressOf(media)).EndObject().EndObject();
  }

  const Request& request_;
  canonical::WrittenRequest& written_;
  JsonWriter& json_;
  canonical::Place place_;
  std::optional<ApiError> error_;
};

}  // namespace

std::optional<ApiError> WriteChatMessages(const Request& request,
                                          canonical::WrittenRequest& written,
                                          JsonWriter& json) {
  return MessageWriter(request, written, json).Run();
}

}  // namespace weir::dialect
