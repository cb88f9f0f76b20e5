#include "common/dialect/anthropic/write_messages_request.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "common/concat.h"
#include "common/dialect/anthropic/write_blocks.h"
#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/tool_name.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {
namespace {

using canonical::Request;
using canonical::ToolChoiceKind;
using canonical::WrittenRequest;

// The least that the API takes.
constexpr std::uint64_t kLeastBudget = 1024;

constexpr std::string_view kNoParameters =
    R"({"type":"object","properties":{}})";

bool IsForced(const Request& request) {
  return request.tool_choice.has_value() &&
         (request.tool_choice->value.kind == ToolChoiceKind::kAny ||
          request.tool_choice->value.kind == ToolChoiceKind::kOne);
}

// With thinking on, the API wants the last turn of calls to begin with the
// thought that led to them, signed.
bool LacksThoughtOfCalls(const Request& request) {
  for (auto turn = request.messages.rbegin(); turn != request.messages.rend();
       ++turn) {
    if (turn->role != canonical::Role::kAssistant) continue;
    const auto calls = std::any_of(
        turn->parts.begin(), turn->parts.end(), [](const auto& part) {
          return std::holds_alternative<canonical::ToolCall>(part.value);
        });
    return calls && !std::holds_alternative<canonical::Thinking>(
                        turn->parts.front().value);
  }
  return false;
}

// E-mail addresses and telephone numbers are not for other vendors.
bool IsPersonal(std::string_view user) {
  const bool is_number =
      user.size() >= 7 &&
      user.find_first_not_of("+0123456789 ()-.") == std::string_view::npos;
  return is_number || user.find('@') != std::string_view::npos;
}

class Writer {
 public:
  Writer(const Request& request, const canonical::WriteTarget& target)
      : request_(request), target_(target), json_(written_.body) {
    written_.dropped = request.dropped;
  }

  canonical::WriteResult Run() {
    const std::optional<std::uint64_t> max_tokens =
        request_.max_tokens.has_value()
            ? std::optional(request_.max_tokens->value)
            : target_.max_output_tokens;
    if (!max_tokens.has_value()) {
      return ApiError{400, "max_tokens_required",
                      Concat("This model's provider wants a limit of tokens: "
                             "set `",
                             request_.max_tokens_name,
                             "`, or `max_output_tokens` of the model in this "
                             "gateway's configuration."),
                      request_.max_tokens_name};
    }
    if (request_.logprobs.has_value()) {
      return canonical::CannotSay(request_.logprobs->path,
                                  "asks for log probabilities, which "
                                  "Anthropic's API does not give");
    }
    DecideBudget(*max_tokens);
    json_.BeginObject().Key("model").String(target_.model);
    json_.Key("max_tokens").Number(*max_tokens);
    if (auto error = WriteConversation()) return *std::move(error);
    WriteSampling();
    WriteThinking();
    WriteFormat();
    WriteUser();
    if (request_.stream) json_.Key("stream").Bool(true);
    json_.EndObject();
    return std::move(written_);
  }

  // What takes up tokens; the API refuses all else.
  canonical::WriteResult RunCount() {
    json_.BeginObject().Key("model").String(target_.model);
    if (auto error = WriteConversation()) return *std::move(error);
    WriteFormat();
    json_.EndObject();
    written_.dropped.clear();
    return std::move(written_);
  }

 private:
  std::optional<ApiError> WriteConversation() {
    WriteSystem();
    json_.Key("messages");
    if (auto error = WriteBlocks(request_, json_)) return error;
    if (auto error =
            canonical::RefuseNames(request_, {.longest = 128}, "Anthropic's")) {
      return error;
    }
    WriteTools();
    return std::nullopt;
  }

  void DecideBudget(std::uint64_t max_tokens) {
    if (!request_.reasoning.has_value()) return;
    budget_ = canonical::ThinkingBudget(request_.reasoning->value);
    if (!budget_.has_value()) return;
    // The budget is a part of the limit.
    const bool fits = max_tokens > kLeastBudget;
    if (!fits || IsForced(request_) || LacksThoughtOfCalls(request_)) {
      budget_.reset();
      canonical::Drop("reasoning", written_);
      return;
    }
    budget_ = std::clamp(*budget_, kLeastBudget, max_tokens - 1);
  }

  void WriteSystem() {
    if (request_.system.empty()) return;
    json_.Key("system").BeginArray();
    for (const canonical::Text& text : request_.system) {
      if (text.text.empty()) continue;
      json_.BeginObject().Key("type").Word("text");
      json_.Key("text").String(text.text).EndObject();
    }
    json_.EndArray();
  }

  void WriteTools() {
    const auto orphans = canonical::CallsWithoutTool(request_);
    if (request_.tools.empty() && orphans.empty()) return;
    json_.Key("tools").BeginArray();
    for (const canonical::Tool& tool : request_.tools) {
      WriteTool(tool.name, tool.description, tool.parameters);
    }
    // The API wants tools wherever the history has calls.
    if (request_.tools.empty()) {
      for (const std::string_view name : orphans) WriteTool(name, {}, {});
    }
    json_.EndArray();
    WriteToolChoice();
  }

  void WriteTool(std::string_view name, std::string_view description,
                 std::string_view parameters) {
    json_.BeginObject().Key("name").String(name);
    if (!description.empty()) json_.Key("description").String(description);
    json_.Key("input_schema")
        .Raw(parameters.empty() ? kNoParameters : parameters);
    json_.EndObject();
  }

  void WriteToolChoice() {
    const bool one_at_a_time = request_.parallel_tool_calls.has_value() &&
                               !request_.parallel_tool_calls->value;
    if (!request_.tool_choice.has_value() && !one_at_a_time) return;
    const canonical::ToolChoice choice = request_.tool_choice.has_value()
                                             ? request_.tool_choice->value
                                             : canonical::ToolChoice{};
    json_.Key("tool_choice").BeginObject().Key("type");
    switch (choice.kind) {
      case ToolChoiceKind::kAuto:
        json_.Word("auto");
        break;
      case ToolChoiceKind::kAny:
        json_.Word("any");
        break;
      case ToolChoiceKind::kOne:
        json_.Word("tool").Key("name").String(choice.name);
        break;
      case ToolChoiceKind::kNone:
        json_.Word("none").EndObject();
        return;
    }
    if (one_at_a_time) json_.Key("disable_parallel_tool_use").Bool(true);
    json_.EndObject();
  }

  void WriteSampling() {
    const bool thinks = budget_.has_value();
    if (request_.temperature.has_value()) {
      if (thinks) {
        canonical::Drop("temperature", written_);
      } else {
        // Others go up to 2, where this API ends at 1.
        if (request_.temperature->value > 1) {
          canonical::Drop("temperature_above_1", written_);
        }
        json_.Key("temperature")
            .Decimal(std::min(request_.temperature->value, 1.0));
      }
    }
    if (request_.top_p.has_value()) {
      // Newer models refuse both at once.
      if (thinks || request_.temperature.has_value()) {
        canonical::Drop("top_p", written_);
      } else {
        json_.Key("top_p").Decimal(request_.top_p->value);
      }
    }
    if (request_.top_k.has_value()) {
      if (thinks) {
        canonical::Drop("top_k", written_);
      } else {
        json_.Key("top_k").Number(request_.top_k->value);
      }
    }
    if (request_.seed.has_value()) canonical::Drop("seed", written_);
    if (request_.presence_penalty.has_value() &&
        request_.presence_penalty->value != 0) {
      canonical::Drop("presence_penalty", written_);
    }
    if (request_.frequency_penalty.has_value() &&
        request_.frequency_penalty->value != 0) {
      canonical::Drop("frequency_penalty", written_);
    }
    WriteStop();
  }

  void WriteStop() {
    if (!request_.stop.has_value()) return;
    json_.Key("stop_sequences").BeginArray();
    for (const std::string_view stop : request_.stop->value) {
      // Refused by the API.
      if (stop.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        canonical::Drop("blank_stop", written_);
        continue;
      }
      json_.String(stop);
    }
    json_.EndArray();
  }

  void WriteThinking() {
    if (!budget_.has_value()) return;
    json_.Key("thinking").BeginObject().Key("type").Word("enabled");
    json_.Key("budget_tokens").Number(*budget_).EndObject();
  }

  void WriteFormat() {
    if (!request_.format.has_value()) return;
    // Any object will do: the prompt asks for it, as OpenAI's API insists.
    if (request_.format->value.schema.empty()) {
      return canonical::Drop("response_format", written_);
    }
    json_.Key("output_config").BeginObject().Key("format").BeginObject();
    json_.Key("type").Word("json_schema");
    json_.Key("schema").Raw(request_.format->value.schema);
    json_.EndObject().EndObject();
  }

  void WriteUser() {
    if (request_.user.empty()) return;
    if (IsPersonal(request_.user)) return canonical::Drop("user", written_);
    json_.Key("metadata").BeginObject();
    json_.Key("user_id").String(request_.user).EndObject();
  }

  const Request& request_;
  const canonical::WriteTarget& target_;
  WrittenRequest written_;
  JsonWriter json_;
  // Tokens to think with; absent where the model is not to.
  std::optional<std::uint64_t> budget_;
};

}  // namespace

canonical::WriteResult WriteMessagesRequest(
    const Request& request, const canonical::WriteTarget& target) {
  return Writer(request, target).Run();
}

canonical::WriteResult WriteMessagesCount(
    const Request& request, const canonical::WriteTarget& target) {
  return Writer(request, target).RunCount();
}

}  // namespace weir::dialect
