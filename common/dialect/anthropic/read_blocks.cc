#include "common/dialect/anthropic/read_blocks.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

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

// Claude Code's account of itself, which Anthropic takes out of the prompt; to
// any other model it would be noise that changes from release to release.
bool IsAttribution(std::string_view text) {
  return text.starts_with("x-anthropic-billing-header:");
}

// What a block has beside its content and no answer depends on.
void DropMarks(const Field& block, Request& request) {
  block.Members([&](std::string_view key, const Field&) {
    if (key == "cache_control") canonical::Drop("cache_control", request);
    if (key == "citations") canonical::Drop("citations", request);
  });
}

// An image or a document; text for a document that is nothing else.
std::variant<Text, Media> ReadMedia(const Field& block, MediaKind kind) {
  Media media{.kind = kind, .name = block.StringAt("title")};
  std::optional<Text> text;
  bool has_source = false;
  block.Members([&](std::string_view key, const Field& source) {
    if (key != "source") return;
    has_source = true;
    const std::string_view type = source.NeedString("type");
    if (type == "base64") {
      media.media_type = source.NeedString("media_type");
      media.data = source.NeedString("data");
    } else if (type == "url") {
      media.url = source.NeedString("url");
      if (!canonical::IsWebAddress(media.url)) {
        source.Fail("needs a `url` with http(s)");
      }
    } else if (type == "text" && kind == MediaKind::kDocument) {
      text = Text{source.NeedString("data")};
    } else {
      source.Fail("is kept at Anthropic's, or of a type that is not known");
    }
  });
  if (!has_source) block.Fail("needs a `source`");
  if (text.has_value()) return *text;
  return media;
}

class BlocksReader {
 public:
  BlocksReader(std::uint32_t index, Request& request)
      : index_(index), request_(request) {}

  void Read(const Field& field) {
    const std::string_view role = field.NeedString("role");
    if (role == "system") {
      return field.Members([this](std::string_view key, const Field& content) {
        if (key == "content") ReadSystemBlocks(content, request_);
      });
    }
    if (role != "user" && role != "assistant") {
      return field.Fail("has a `role` that is not user or assistant");
    }
    message_.role = role == "user" ? Role::kUser : Role::kAssistant;
    field.Members([this](std::string_view key, const Field& content) {
      if (key == "content") ReadContent(content);
    });
    if (!message_.parts.empty()) {
      request_.messages.push_back(std::move(message_));
    }
  }

 private:
  template <typename T>
  void Add(T value) {
    message_.parts.push_back({std::move(value), Place{index_, part_}});
  }

  void ReadContent(const Field& content) {
    if (content.is_string()) return Add(Text{content.String()});
    content.Items([this](std::uint32_t index, const Field& block) {
      part_ = index;
      DropMarks(block, request_);
      ReadBlock(block);
    });
  }

  void ReadBlock(const Field& block) {
    const std::string_view type = block.NeedString("type");
    if (type == "text") {
      Add(Text{block.StringAt("text")});
    } else if (type == "image" || type == "document") {
      AddMedia(block, type);
    } else if (type == "tool_use") {
      ReadToolUse(block);
    } else if (type == "tool_result") {
      ReadToolResult(block);
    } else if (type == "thinking" || type == "redacted_thinking") {
      Add(canonical::Thinking{.text = block.StringAt("thinking"),
                              .signature = block.StringAt("signature"),
                              .redacted = block.StringAt("data")});
    } else {
      block.Fail("is of a type that only Anthropic's API has");
    }
  }

  void AddMedia(const Field& block, std::string_view type) {
    std::visit([this](const auto& value) { Add(value); },
               ReadMedia(block, type == "image" ? MediaKind::kImage
                                                : MediaKind::kDocument));
  }

  void ReadToolUse(const Field& block) {
    if (message_.role != Role::kAssistant) {
      return block.Fail("must stand in a message of the assistant");
    }
    canonical::ToolCall call{.id = block.NeedString("id"),
                             .name = block.NeedString("name"),
                             .arguments = "{}"};
    block.Members([&](std::string_view key, const Field& value) {
      if (key == "input") call.arguments = value.ObjectJson();
    });
    Add(call);
  }

  void ReadToolResult(const Field& block) {
    if (message_.role != Role::kUser) {
      return block.Fail("must stand in a message of the user");
    }
    canonical::ToolResult result{.call_id = block.NeedString("tool_use_id")};
    result.name = canonical::NameOfCall(request_, result.call_id);
    if (result.name.empty() || canonical::HasResult(message_, result.call_id)) {
      return block.Fail("answers a tool call that is not there");
    }
    block.Members([&](std::string_view key, const Field& value) {
      if (key == "is_error") result.is_error = value.Bool();
      if (key == "content") ReadResultContent(value, result);
    });
    Add(std::move(result));
  }

  void ReadResultContent(const Field& content, canonical::ToolResult& result) {
    if (content.is_string()) {
      result.content.emplace_back(Text{content.String()});
      return;
    }
    content.Items([&](std::uint32_t, const Field& block) {
      DropMarks(block, request_);
      const std::string_view type = block.NeedString("type");
      if (type == "text") {
        result.content.emplace_back(Text{block.StringAt("text")});
      } else if (type == "image" || type == "document") {
        result.content.push_back(ReadMedia(
            block, type == "image" ? MediaKind::kImage : MediaKind::kDocument));
      } else {
        block.Fail("is of a type that only Anthropic's API has");
      }
    });
  }

  const std::uint32_t index_;
  Request& request_;
  Message message_;
  std::optional<std::uint32_t> part_;
};

}  // namespace

void ReadBlocksMessage(const Field& field, std::uint32_t index,
                       Request& request) {
  BlocksReader(index, request).Read(field);
}

void ReadSystemBlocks(const Field& field, Request& request) {
  const auto add = [&request](std::string_view text) {
    if (!IsAttribution(text)) request.system.push_back({text});
  };
  if (field.is_string()) return add(field.String());
  field.Items([&](std::uint32_t, const Field& block) {
    if (block.NeedString("type") != "text") {
      return block.Fail("must be text, as all instructions are");
    }
    DropMarks(block, request);
    add(block.StringAt("text"));
  });
}

}  // namespace weir::dialect
