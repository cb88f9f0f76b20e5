#include "common/dialect/anthropic/read_messages_request.h"

#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/dialect/anthropic/read_blocks.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/json_field.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/request_parts.h"

namespace weir::dialect {
namespace {

using canonical::Field;
using canonical::Request;

// Fields that no answer depends on.
constexpr std::string_view kDropped[] = {"service_tier",  "context_management",
                                         "inference_geo", "betas",
                                         "speed",         "cache_control"};

// Fields that an answer depends on and that no other API has.
constexpr std::string_view kRefused[] = {"container", "mcp_servers"};

class MessagesRequestReader {
 public:
  explicit MessagesRequestReader(Request& request) : request_(request) {}

  void ReadRoot(const Field& root) {
    request_.messages_name = "messages";
    request_.parts_name = "content";
    // Counts tell themselves in every stream of this API.
    request_.stream_usage = true;
    bool has_messages = false;
    root.Members([&](std::string_view key, const Field& field) {
      if (key == "messages") {
        has_messages = true;
        field.Items([this](std::uint32_t index, const Field& message) {
          ReadBlocksMessage(message, index, request_);
        });
      } else if (!ReadSampling(key, field) && !ReadTooling(key, field)) {
        ReadOther(key, field);
      }
    });
    if (!has_messages) root.reading().Fail("messages", "is missing");
  }

 private:
  bool ReadSampling(std::string_view key, const Field& field) {
    if (key == "max_tokens") {
      request_.max_tokens = {field.Count(), "max_tokens"};
    } else if (key == "temperature") {
      request_.temperature = {field.Number(), "temperature"};
    } else if (key == "top_p") {
      request_.top_p = {field.Number(), "top_p"};
    } else if (key == "top_k") {
      request_.top_k = {field.Integer(), "top_k"};
    } else if (key == "stop_sequences") {
      std::vector<std::string_view> stop;
      field.Items([&](std::uint32_t, const Field& item) {
        stop.push_back(item.String());
      });
      request_.stop = {std::move(stop), "stop_sequences"};
    } else {
      return false;
    }
    return true;
  }

  bool ReadTooling(std::string_view key, const Field& field) {
    if (key == "tools") {
      field.Items([this](std::uint32_t, const Field& tool) { ReadTool(tool); });
    } else if (key == "tool_choice") {
      ReadToolChoice(field);
    } else if (key == "thinking") {
      ReadThinking(field);
    } else if (key == "output_config") {
      ReadOutputConfig(field);
    } else if (key == "output_format") {
      ReadFormat(field, "output_format");
    } else {
      return false;
    }
    return true;
  }

  void ReadTool(const Field& field) {
    const std::string_view type = field.StringAt("type");
    if (!type.empty() && type != "custom") {
      return field.Fail("is a tool that runs at Anthropic's alone");
    }
    canonical::Tool tool{.name = field.NeedString("name"),
                         .description = field.StringAt("description")};
    field.Members([&](std::string_view key, const Field& value) {
      if (key == "input_schema") tool.parameters = value.ObjectJson();
      if (key == "strict") tool.strict = value.Bool();
      if (key == "cache_control") canonical::Drop("cache_control", request_);
    });
    canonical::AddTool(field, tool, request_);
  }

  void ReadToolChoice(const Field& field) {
    using Choice = canonical::ToolChoiceKind;
    canonical::ToolChoice choice;
    const std::string_view type = field.NeedString("type");
    if (type == "any") {
      choice.kind = Choice::kAny;
    } else if (type == "none") {
      choice.kind = Choice::kNone;
    } else if (type == "tool") {
      choice = {Choice::kOne, field.NeedString("name")};
    } else if (type != "auto") {
      return field.Fail("must be of type auto, any, tool or none");
    }
    request_.tool_choice = {choice, "tool_choice"};
    field.Members([this](std::string_view key, const Field& value) {
      if (key != "disable_parallel_tool_use") return;
      request_.parallel_tool_calls = {!value.Bool(), "tool_choice"};
    });
  }

  canonical::Reasoning& Reasoning(std::string_view path) {
    if (!request_.reasoning) request_.reasoning = {{}, path};
    return request_.reasoning->value;
  }

  void ReadThinking(const Field& field) {
    const std::string_view type = field.NeedString("type");
    if (type == "disabled") {
      Reasoning("thinking").effort = "none";
      return;
    }
    canonical::Reasoning& reasoning = Reasoning("thinking");
    field.Members([&](std::string_view key, const Field& value) {
      if (key == "budget_tokens") reasoning.budget_tokens = value.Count();
    });
  }

  void ReadOutputConfig(const Field& field) {
    field.Members([this](std::string_view key, const Field& value) {
      if (key == "effort") {
        canonical::Reasoning& reasoning = Reasoning("output_config.effort");
        const std::string_view effort = value.String();
        if (reasoning.effort != "none") reasoning.effort = effort;
      } else if (key == "format") {
        ReadFormat(value, "output_config.format");
      } else {
        canonical::Drop(canonical::kUnknownField, request_);
      }
    });
  }

  void ReadFormat(const Field& field, std::string_view path) {
    if (field.NeedString("type") != "json_schema") {
      return field.Fail("must be of type json_schema");
    }
    canonical::OutputFormat format;
    format.strict = true;
    field.Members([&](std::string_view key, const Field& value) {
      if (key == "schema") format.schema = value.ObjectJson();
    });
    if (format.schema.empty()) return field.Fail("needs a `schema`");
    request_.format = {format, path};
  }

  void ReadOther(std::string_view key, const Field& field) {
    if (key == "model" || key == "stream") return;
    if (key == "system") {
      ReadSystemBlocks(field, request_);
    } else if (key == "metadata") {
      request_.user = field.StringAt("user_id");
    } else if (!canonical::RefuseField(key, field, kRefused)) {
      canonical::DropField(key, kDropped, request_);
    }
  }

  Request& request_;
};

}  // namespace

std::variant<Request, ApiError> ReadMessagesRequest(std::string_view body,
                                                    bool stream) {
  return canonical::ReadWith<MessagesRequestReader>(body, stream);
}

}  // namespace weir::dialect
