#include "common/dialect/openai/write_chat_request.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/tool_name.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/json_writer.h"
#include "common/dialect/openai/write_chat_messages.h"

namespace weir::dialect {
namespace {

using canonical::Request;
using canonical::ToolChoiceKind;
using canonical::WrittenRequest;

// The API's own limit.
constexpr std::size_t kMaxStops = 4;

// OpenAI's models that reason. They refuse `max_tokens`, and the others refuse
// `reasoning_effort`; what is compatible with the API knows the older name.
bool Reasons(std::string_view model) {
  const std::size_t slash = model.rfind('/');
  if (slash != std::string_view::npos) model.remove_prefix(slash + 1);
  return model.starts_with("o1") || model.starts_with("o3") ||
         model.starts_with("o4") || model.starts_with("gpt-5");
}

class Writer {
 public:
  Writer(const Request& request, const canonical::WriteTarget& target)
      : request_(request), target_(target), json_(written_.body) {
    written_.dropped = request.dropped;
  }

  canonical::WriteResult Run() {
    json_.BeginObject().Key("model").String(target_.model);
    json_.Key("messages");
    if (auto error = WriteChatMessages(request_, written_, json_)) {
      return *std::move(error);
    }
    if (auto error = canonical::RefuseNames(request_, {}, "OpenAI's")) {
      return *std::move(error);
    }
    WriteTools();
    if (request_.max_tokens.has_value()) {
      json_.Key(Reasons(target_.model) ? "max_completion_tokens" : "max_tokens")
          .Number(request_.max_tokens->value);
    }
    if (auto error = WriteSampling()) return *std::move(error);
    WriteFormat();
    WriteReasoning();
    if (!request_.user.empty()) json_.Key("user").String(request_.user);
    if (request_.stream) {
      json_.Key("stream").Bool(true);
      json_.Key("stream_options").BeginObject();
      json_.Key("include_usage").Bool(true).EndObject();
    }
    json_.EndObject();
    return std::move(written_);
  }

 private:
  void WriteTools() {
    if (request_.tools.empty()) return;
    json_.Key("tools").BeginArray();
    for (const canonical::Tool& tool : request_.tools) WriteTool(tool);
    json_.EndArray();
    WriteToolChoice();
    if (request_.parallel_tool_calls.has_value()) {
      json_.Key("parallel_tool_calls")
          .Bool(request_.parallel_tool_calls->value);
    }
  }

  void WriteTool(const canonical::Tool& tool) {
    json_.BeginObject().Key("type").Word("function");
    json_.Key("function").BeginObject().Key("name").String(tool.name);
    if (!tool.description.empty()) {
      json_.Key("description").String(tool.description);
    }
    if (!tool.parameters.empty()) json_.Key("parameters").Raw(tool.parameters);
    if (tool.strict.has_value()) json_.Key("strict").Bool(*tool.strict);
    json_.EndObject().EndObject();
  }

  void WriteToolChoice() {
    if (!request_.tool_choice.has_value()) return;
    json_.Key("tool_choice");
    switch (request_.tool_choice->value.kind) {
      case ToolChoiceKind::kAuto:
        json_.Word("auto");
        return;
      case ToolChoiceKind::kNone:
        json_.Word("none");
        return;
      case ToolChoiceKind::kAny:
        json_.Word("required");
        return;
      case ToolChoiceKind::kOne:
        break;
    }
    json_.BeginObject().Key("type").Word("function");
    json_.Key("function").BeginObject();
    json_.Key("name").String(request_.tool_choice->value.name);
    json_.EndObject().EndObject();
  }

  std::optional<ApiError> WriteSampling() {
    if (request_.temperature.has_value()) {
      json_.Key("temperature").Decimal(request_.temperature->value);
    }
    if (request_.top_p.has_value()) {
      json_.Key("top_p").Decimal(request_.top_p->value);
    }
    if (request_.top_k.has_value()) canonical::Drop("top_k", written_);
    if (request_.presence_penalty.has_value()) {
      json_.Key("presence_penalty").Decimal(request_.presence_penalty->value);
    }
    if (request_.frequency_penalty.has_value()) {
      json_.Key("frequency_penalty").Decimal(request_.frequency_penalty->value);
    }
    if (request_.seed.has_value())
      json_.Key("seed").Number(request_.seed->value);
    if (request_.logprobs.has_value()) {
      json_.Key("logprobs").Bool(true);
      json_.Key("top_logprobs").Number(request_.logprobs->value);
    }
    if (!request_.stop.has_value() || request_.stop->value.empty()) {
      return std::nullopt;
    }
    if (request_.stop->value.size() > kMaxStops) {
      return canonical::CannotSay(
          request_.stop->path,
          "has more than the 4 stop sequences that OpenAI's API takes");
    }
    json_.Key("stop").BeginArray();
    for (const std::string_view stop : request_.stop->value) json_.String(stop);
    json_.EndArray();
    return std::nullopt;
  }

  void WriteFormat() {
    if (!request_.format.has_value()) return;
    const canonical::OutputFormat& format = request_.format->value;
    json_.Key("response_format").BeginObject().Key("type");
    if (format.schema.empty()) {
      json_.Word("json_object").EndObject();
      return;
    }
    json_.Word("json_schema").Key("json_schema").BeginObject();
    json_.Key("name").String(format.name.empty() ? "answer" : format.name);
    if (!format.description.empty()) {
      json_.Key("description").String(format.description);
    }
    json_.Key("schema").Raw(format.schema);
    if (format.strict.has_value()) json_.Key("strict").Bool(*format.strict);
    json_.EndObject().EndObject();
  }

  void WriteReasoning() {
    if (!request_.reasoning.has_value()) return;
    std::string_view effort =
        canonical::ThinkingEffort(request_.reasoning->value);
    if (!Reasons(target_.model)) {
      // Not to think is what they do anyway.
      if (effort != "none") canonical::Drop("reasoning", written_);
      return;
    }
    // Words that not all of them know.
    if (effort == "none") effort = "minimal";
    if (effort == "xhigh" || effort == "max") effort = "high";
    const bool knows_minimal =
        target_.model.find("gpt-5") != std::string_view::npos;
    if (effort == "minimal" && !knows_minimal) effort = "low";
    json_.Key("reasoning_effort").String(effort);
  }

  const Request& request_;
  const canonical::WriteTarget& target_;
  WrittenRequest written_;
  JsonWriter json_;
};

}  // namespace

canonical::WriteResult WriteChatRequest(const Request& request,
                                        const canonical::WriteTarget& target) {
  return Writer(request, target).Run();
}

}  // namespace weir::dialect
