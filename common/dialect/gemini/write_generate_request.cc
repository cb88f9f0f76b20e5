#include "common/dialect/gemini/write_generate_request.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/tool_name.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/gemini/write_contents.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {
namespace {

using canonical::Request;
using canonical::ToolChoiceKind;
using canonical::WrittenRequest;

// The API's own limit.
constexpr std::size_t kMaxStops = 5;
constexpr canonical::NameRule kNames = {
    .more = ".:", .first = canonical::NameRule::First::kLetter};
// 2.5 Pro can't be told not to think; this is its least.
constexpr std::uint64_t kLeastProBudget = 128;

bool Has(std::string_view model, std::string_view part) {
  return model.find(part) != std::string_view::npos;
}

class Writer {
 public:
  Writer(const Request& request, const canonical::WriteTarget& target)
      : request_(request), target_(target), json_(written_.body) {
    written_.dropped = request.dropped;
  }

  canonical::WriteResult Run() {
    json_.BeginObject();
    WriteSystem();
    json_.Key("contents");
    const auto signing = Has(target_.model, "gemini-3")
                             ? MissingSignatures::kWaive
                             : MissingSignatures::kLeave;
    if (auto error = WriteContents(request_, signing, written_, json_)) {
      return *std::move(error);
    }
    if (auto error = canonical::RefuseNames(request_, kNames, "Gemini's")) {
      return *std::move(error);
    }
    WriteTools();
    if (request_.stop.has_value() && request_.stop->value.size() > kMaxStops) {
      return canonical::CannotSay(
          request_.stop->path,
          "has more than the 5 stop sequences that Gemini's API takes");
    }
    WriteConfig();
    if (!request_.user.empty()) canonical::Drop("user", written_);
    json_.EndObject();
    return std::move(written_);
  }

 private:
  void WriteSystem() {
    if (request_.system.empty()) return;
    json_.Key("systemInstruction").BeginObject().Key("parts").BeginArray();
    for (const canonical::Text& text : request_.system) {
      json_.BeginObject().Key("text").String(text.text).EndObject();
    }
    json_.EndArray().EndObject();
  }

  void WriteTools() {
    if (request_.tools.empty()) return;
    json_.Key("tools").BeginArray().BeginObject();
    json_.Key("functionDeclarations").BeginArray();
    for (const canonical::Tool& tool : request_.tools) {
      json_.BeginObject().Key("name").String(tool.name);
      if (!tool.description.empty()) {
        json_.Key("description").String(tool.description);
      }
      if (!tool.parameters.empty()) {
        json_.Key("parametersJsonSchema").Raw(tool.parameters);
      }
      json_.EndObject();
      if (tool.strict.value_or(false)) canonical::Drop("strict", written_);
    }
    json_.EndArray().EndObject().EndArray();
    WriteToolChoice();
    if (request_.parallel_tool_calls.has_value() &&
        !request_.parallel_tool_calls->value) {
      canonical::Drop("parallel_tool_calls", written_);
    }
  }

  void WriteToolChoice() {
    if (!request_.tool_choice.has_value()) return;
    const canonical::ToolChoice& choice = request_.tool_choice->value;
    json_.Key("toolConfig").BeginObject();
    json_.Key("functionCallingConfig").BeginObject().Key("mode");
    switch (choice.kind) {
      case ToolChoiceKind::kAuto:
        json_.Word("AUTO");
        break;
      case ToolChoiceKind::kNone:
        json_.Word("NONE");
        break;
      case ToolChoiceKind::kAny:
        json_.Word("ANY");
        break;
      case ToolChoiceKind::kOne:
        json_.Word("ANY").Key("allowedFunctionNames");
        json_.BeginArray().String(choice.name).EndArray();
        break;
    }
    json_.EndObject().EndObject();
  }

  void WriteConfig() {
    json_.Key("generationConfig").BeginObject();
    if (request_.max_tokens.has_value()) {
      json_.Key("maxOutputTokens").Number(request_.max_tokens->value);
    }
    WriteDecimal("temperature", request_.temperature);
    WriteDecimal("topP", request_.top_p);
    if (request_.top_k.has_value()) {
      json_.Key("topK").Number(request_.top_k->value);
    }
    WriteDecimal("presencePenalty", request_.presence_penalty);
    WriteDecimal("frequencyPenalty", request_.frequency_penalty);
    if (request_.seed.has_value())
      json_.Key("seed").Number(request_.seed->value);
    if (request_.stop.has_value() && !request_.stop->value.empty()) {
      json_.Key("stopSequences").BeginArray();
      for (const auto stop : request_.stop->value) json_.String(stop);
      json_.EndArray();
    }
    if (request_.logprobs.has_value()) {
      json_.Key("responseLogprobs").Bool(true);
      // How many alternatives; the field may not be 0 everywhere.
      if (request_.logprobs->value > 0) {
        json_.Key("logprobs").Number(request_.logprobs->value);
      }
    }
    WriteFormat();
    WriteThinking();
    json_.EndObject();
  }

  void WriteDecimal(std::string_view key,
                    const std::optional<canonical::Given<double>>& number) {
    if (number.has_value()) json_.Key(key).Decimal(number->value);
  }

  void WriteFormat() {
    if (!request_.format.has_value()) return;
    json_.Key("responseMimeType").String("application/json");
    if (!request_.format->value.schema.empty()) {
      json_.Key("responseJsonSchema").Raw(request_.format->value.schema);
    }
  }

  void WriteThinking() {
    if (!request_.reasoning.has_value()) return;
    const canonical::Reasoning& reasoning = request_.reasoning->value;
    const bool has_levels = Has(target_.model, "gemini-3");
    if (!has_levels && !Has(target_.model, "gemini-2.5")) {
      // Not to think is what they do anyway.
      if (reasoning.effort != "none") canonical::Drop("reasoning", written_);
      return;
    }
    const auto budget = canonical::ThinkingBudget(reasoning);
    json_.Key("thinkingConfig").BeginObject();
    if (has_levels) {
      const std::string_view effort = canonical::ThinkingEffort(reasoning);
      // The levels that each of the family has.
      const bool is_low =
          effort == "none" || effort == "minimal" || effort == "low";
      json_.Key("thinkingLevel").String(is_low ? "low" : "high");
    } else {
      const std::uint64_t least =
          Has(target_.model, "pro") ? kLeastProBudget : 0;
      json_.Key("thinkingBudget").Number(std::max(budget.value_or(0), least));
    }
    if (budget.has_value()) json_.Key("includeThoughts").Bool(true);
    json_.EndObject();
  }

  const Request& request_;
  const canonical::WriteTarget& target_;
  WrittenRequest written_;
  JsonWriter json_;
};

}  // namespace

canonical::WriteResult WriteGenerateRequest(
    const Request& request, const canonical::WriteTarget& target) {
  return Writer(request, target).Run();
}

}  // namespace weir::dialect
