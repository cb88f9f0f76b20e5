#include "common/dialect/openai/read_chat_request.h"

#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/json_field.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/request_parts.h"
#include "common/dialect/openai/read_chat_messages.h"

namespace weir::dialect {
namespace {

using canonical::Field;
using canonical::Request;

// Fields that no answer depends on.
constexpr std::string_view kDropped[] = {"metadata",
                                         "store",
                                         "service_tier",
                                         "prediction",
                                         "verbosity",
                                         "prompt_cache_key",
                                         "prompt_cache_retention",
                                         "safety_identifier"};

// Fields that an answer depends on and that no other API has.
constexpr std::string_view kRefused[] = {"audio", "web_search_options",
                                         "functions", "function_call"};

class ChatRequestReader {
 public:
  explicit ChatRequestReader(Request& request) : request_(request) {}

  void ReadRoot(const Field& root) {
    request_.messages_name = "messages";
    request_.parts_name = "content";
    bool has_messages = false;
    root.Members([&](std::string_view key, const Field& field) {
      if (key == "messages") {
        has_messages = true;
        ReadChatMessages(field, request_);
      } else if (!ReadSampling(key, field) && !ReadTooling(key, field)) {
        ReadOther(key, field);
      }
    });
    if (!has_messages) root.reading().Fail("messages", "is missing");
    if (wants_logprobs_) {
      request_.logprobs = {alternatives_, "logprobs"};
    } else if (alternatives_ > 0) {
      root.reading().Fail("top_logprobs", "needs `logprobs` to be true");
    }
  }

 private:
  bool ReadSampling(std::string_view key, const Field& field) {
    if (key == "max_completion_tokens") {
      request_.max_tokens = {field.Count(), "max_completion_tokens"};
    } else if (key == "max_tokens") {
      // The newer name counts where both are there.
      if (!request_.max_tokens) {
        request_.max_tokens = {field.Count(), "max_tokens"};
      }
    } else if (key == "temperature") {
      request_.temperature = {field.Number(), "temperature"};
    } else if (key == "top_p") {
      request_.top_p = {field.Number(), "top_p"};
    } else if (key == "top_k") {
      request_.top_k = {field.Integer(), "top_k"};
    } else if (key == "presence_penalty") {
      request_.presence_penalty = {field.Number(), "presence_penalty"};
    } else if (key == "frequency_penalty") {
      request_.frequency_penalty = {field.Number(), "frequency_penalty"};
    } else if (key == "seed") {
      request_.seed = {field.Integer(), "seed"};
    } else if (key == "stop") {
      ReadStop(field);
    } else if (key == "logprobs") {
      wants_logprobs_ = field.Bool();
    } else if (key == "top_logprobs") {
      alternatives_ = canonical::Alternatives(field);
    } else {
      return false;
    }
    return true;
  }

  void ReadStop(const Field& field) {
    std::vector<std::string_view> stop;
    if (field.is_string()) {
      stop.push_back(field.String());
    } else {
      field.Items([&](std::uint32_t, const Field& item) {
        stop.push_back(item.String());
      });
    }
    request_.stop = {std::move(stop), "stop"};
  }

  bool ReadTooling(std::string_view key, const Field& field) {
    if (key == "tools") {
      field.Items([&](std::uint32_t, const Field& tool) { ReadTool(tool); });
    } else if (key == "tool_choice") {
      ReadToolChoice(field);
    } else if (key == "parallel_tool_calls") {
      request_.parallel_tool_calls = {field.Bool(), "parallel_tool_calls"};
    } else if (key == "response_format") {
      ReadFormat(field);
    } else if (key == "reasoning_effort") {
      request_.reasoning = {{.effort = field.String()}, "reasoning_effort"};
    } else {
      return false;
    }
    return true;
  }

  void ReadTool(const Field& field) {
    if (field.StringAt("type") != "function") {
      return field.Fail("is no function, and other tools are OpenAI's alone");
    }
    canonical::Tool tool;
    field.Members([&](std::string_view key, const Field& function) {
      if (key != "function") return;
      tool.name = function.NeedString("name");
      tool.description = function.StringAt("description");
      function.Members([&](std::string_view name, const Field& value) {
        if (name == "parameters") tool.parameters = value.ObjectJson();
        if (name == "strict") tool.strict = value.Bool();
      });
    });
    if (tool.name.empty()) return field.Fail("needs a `function`");
    canonical::AddTool(field, tool, request_);
  }

  void ReadToolChoice(const Field& field) {
    using Choice = canonical::ToolChoiceKind;
    canonical::ToolChoice choice;
    if (field.is_string()) {
      const std::string_view word = field.String();
      if (word == "none") {
        choice.kind = Choice::kNone;
      } else if (word == "required") {
        choice.kind = Choice::kAny;
      } else if (word != "auto") {
        return field.Fail("must be auto, none, required or one function");
      }
    } else {
      if (field.StringAt("type") != "function") {
        return field.Fail("names no function, and no other API can be told so");
      }
      choice.kind = Choice::kOne;
      field.Members([&](std::string_view key, const Field& function) {
        if (key == "function") choice.name = function.NeedString("name");
      });
      if (choice.name.empty()) return field.Fail("needs a `function`");
    }
    request_.tool_choice = {choice, "tool_choice"};
  }

  void ReadFormat(const Field& field) {
    const std::string_view type = field.StringAt("type");
    if (type == "text") return;
    canonical::OutputFormat format;
    if (type == "json_schema") {
      field.Members([&](std::string_view key, const Field& schema) {
        if (key == "json_schema") ReadSchema(schema, format);
      });
      if (format.schema.empty()) {
        return field.Fail("needs a `json_schema` with a `schema`");
      }
    } else if (type != "json_object") {
      return field.Fail("must be of type text, json_object or json_schema");
    }
    request_.format = {format, "response_format"};
  }

  static void ReadSchema(const Field& field, canonical::OutputFormat& format) {
    format.name = field.StringAt("name");
    format.description = field.StringAt("description");
    field.Members([&](std::string_view key, const Field& value) {
      if (key == "schema") format.schema = value.ObjectJson();
      if (key == "strict") format.strict = value.Bool();
    });
  }

  void ReadOther(std::string_view key, const Field& field) {
    if (key == "model" || key == "stream") return;
    if (key == "user") {
      request_.user = field.String();
    } else if (key == "stream_options") {
      field.Members([&](std::string_view option, const Field& value) {
        if (option == "include_usage") request_.stream_usage = value.Bool();
      });
    } else if (!canonical::RefuseField(key, field, kRefused) &&
               !ReadOnlyHere(key, field)) {
      canonical::DropField(key, kDropped, request_);
    }
  }

  // What goes without saying elsewhere, as long as it asks for nothing special.
  static bool ReadOnlyHere(std::string_view key, const Field& field) {
    if (key == "n") {
      if (field.Count() > 1) {
        field.Fail("asks for several answers, which are not translated");
      }
    } else if (key == "logit_bias") {
      field.Members([&field](std::string_view, const Field&) {
        field.Fail("is not empty, and only OpenAI's API can be told so");
      });
    } else if (key == "modalities") {
      field.Items([](std::uint32_t, const Field& item) {
        if (item.String() != "text") item.Fail("asks for more than text");
      });
    } else {
      return false;
    }
    return true;
  }

  Request& request_;
  bool wants_logprobs_ = false;
  std::uint64_t alternatives_ = 0;
};

}  // namespace

std::variant<Request, ApiError> ReadChatRequest(std::string_view body,
                                                bool stream) {
  return canonical::ReadWith<ChatRequestReader>(body, stream);
}

}  // namespace weir::dialect
