#include "common/dialect/openai/chat_reader.h"

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/answer_parts.h"
#include "common/dialect/canonical/json_members.h"
#include "common/dialect/canonical/provider_error.h"
#include "common/dialect/openai/chat_logprobs.h"
#include "common/dialect/openai/openai_usage.h"

namespace weir::dialect {
namespace {

namespace dom = simdjson::dom;

using canonical::AnswerEvents;
using canonical::FinishReason;
using canonical::Garbage;
using canonical::NumberAt;
using canonical::ObjectAt;
using canonical::StringAt;

// More than any API allows in one answer.
constexpr std::size_t kMaxCalls = 128;

constexpr canonical::NativeReason kReasons[] = {
    {"length", FinishReason::kLength},
    {"tool_calls", FinishReason::kToolCalls},
    {"function_call", FinishReason::kToolCalls},
    {"content_filter", FinishReason::kFiltered},
};

}  // namespace

absl::StatusOr<dom::object> ChatReader::Parse(std::string_view json) {
  dom::object answer;
  if (parser_->parse(json.data(), json.size()).get(answer)) {
    return Garbage("not a JSON object");
  }
  return answer;
}

void ChatReader::Start(const dom::object& answer, AnswerEvents& events) {
  if (started_) return;
  started_ = true;
  events.push_back(canonical::Started{StringAt(answer, "id")});
}

absl::StatusOr<std::optional<dom::object>> ChatReader::FirstChoice(
    const dom::object& answer) const {
  const auto choices = canonical::ArrayAt(answer, "choices");
  if (!choices.has_value()) return Garbage("an answer without choices");
  for (const dom::element element : *choices) {
    dom::object choice;
    if (element.get(choice)) return Garbage("a choice that is no object");
    if (NumberAt(choice, "index").value_or(0) == 0) return choice;
  }
  return std::nullopt;
}

void ChatReader::ReadUsage(const dom::object& answer, AnswerEvents& events) {
  if (const auto usage = ObjectAt(answer, "usage")) {
    events.push_back(canonical::Counted{ReadOpenAiUsage(*usage).usage});
  }
}

// The number of a call, begun where it is new. Some servers number all calls 0
// and some none: a new id is a new call.
absl::StatusOr<std::uint32_t> ChatReader::NumberOf(const dom::object& call,
                                                   AnswerEvents& events) {
  const std::string_view id = StringAt(call, "id");
  const std::uint64_t index =
      NumberAt(call, "index")
          .value_or(id.empty() && !calls_.empty() ? calls_.back().index
                                                  : calls_.size());
  for (std::size_t i = calls_.size(); i > 0; --i) {
    const Call& known = calls_[i - 1];
    if (known.index == index && (id.empty() || id == known.id)) {
      return static_cast<std::uint32_t>(i - 1);
    }
  }
  if (calls_.size() == kMaxCalls) return Garbage("too many tool calls");
  const auto number = static_cast<std::uint32_t>(calls_.size());
  calls_.push_back({index, std::string(id)});
  const auto function = ObjectAt(call, "function");
  if (!function.has_value()) return Garbage("a tool call without function");
  events.push_back(
      canonical::ToolCallBegun{number, id, StringAt(*function, "name")});
  return number;
}

absl::Status ChatReader::ReadCalls(const dom::array& calls,
                                   AnswerEvents& events) {
  for (const dom::element element : calls) {
    dom::object call;
    if (element.get(call)) return Garbage("a tool call that is no object");
    const auto number = NumberOf(call, events);
    if (!number.ok()) return number.status();
    const auto function = ObjectAt(call, "function");
    if (!function.has_value()) continue;
    const std::string_view arguments = StringAt(*function, "arguments");
    if (!arguments.empty()) {
      events.push_back(canonical::ToolArguments{*number, arguments});
    }
  }
  return absl::OkStatus();
}

absl::Status ChatReader::ReadContent(const dom::object& content,
                                     AnswerEvents& events) {
  // DeepSeek, vLLM; OpenRouter and newer vLLM.
  std::string_view thought = StringAt(content, "reasoning_content");
  if (thought.empty()) thought = StringAt(content, "reasoning");
  if (!thought.empty()) events.push_back(canonical::ThinkingDelta{thought});
  if (const auto text = StringAt(content, "content");
      !text.empty() || !logprobs_.empty()) {
    events.push_back(
        canonical::TextDelta{text, logprobs_.empty() ? nullptr : &logprobs_});
  }
  if (const auto refusal = StringAt(content, "refusal"); !refusal.empty()) {
    events.push_back(canonical::RefusalDelta{refusal});
  }
  if (const auto calls = canonical::ArrayAt(content, "tool_calls")) {
    return ReadCalls(*calls, events);
  }
  // What came before tools: one call, without an id.
  if (const auto function = ObjectAt(content, "function_call")) {
    if (calls_.empty()) {
      calls_.push_back({0, {}});
      events.push_back(
          canonical::ToolCallBegun{0, {}, StringAt(*function, "name")});
    }
    events.push_back(
        canonical::ToolArguments{0, StringAt(*function, "arguments")});
  }
  return absl::OkStatus();
}

absl::Status ChatReader::ReadWhole(std::string_view body,
                                   AnswerEvents& events) {
  const auto answer = Parse(body);
  if (!answer.ok()) return answer.status();
  if (canonical::ErrorIn(*answer).has_value()) {
    return Garbage("an error in place of an answer");
  }
  const auto choice = FirstChoice(*answer);
  if (!choice.ok()) return choice.status();
  if (!choice->has_value()) return Garbage("an answer without a choice");
  const auto message = ObjectAt(**choice, "message");
  if (!message.has_value()) return Garbage("a choice without a message");
  Start(*answer, events);
  logprobs_ = ReadChatLogprobs(**choice);
  if (auto status = ReadContent(*message, events); !status.ok()) return status;
  const std::string_view native = StringAt(**choice, "finish_reason");
  events.push_back(
      canonical::Finished{canonical::ReasonOf(native, kReasons), native});
  ReadUsage(*answer, events);
  events.push_back(canonical::Ended{});
  return absl::OkStatus();
}

absl::Status ChatReader::ReadEvent(std::string_view data,
                                   AnswerEvents& events) {
  if (data == "[DONE]") {
    ended_ = true;
    events.push_back(canonical::Ended{});
    return absl::OkStatus();
  }
  const auto answer = Parse(data);
  if (!answer.ok()) return answer.status();
  if (const auto error = canonical::ErrorIn(*answer)) {
    events.push_back(*error);
    return absl::OkStatus();
  }
  // Absent in what Azure says of its filters first, and beside the usage.
  const auto choice = FirstChoice(*answer);
  if (!choice.ok()) return choice.status();
  Start(*answer, events);
  if (choice->has_value()) {
    if (const auto delta = ObjectAt(**choice, "delta")) {
      logprobs_ = ReadChatLogprobs(**choice);
      if (auto status = ReadContent(*delta, events); !status.ok()) {
        return status;
      }
    }
    const std::string_view native = StringAt(**choice, "finish_reason");
    if (!native.empty()) {
      events.push_back(
          canonical::Finished{canonical::ReasonOf(native, kReasons), native});
    }
  }
  ReadUsage(*answer, events);
  return absl::OkStatus();
}

absl::Status ChatReader::ReadEndOfBody(AnswerEvents& /*events*/) {
  if (ended_) return absl::OkStatus();
  return Garbage("the stream ended without its end marker");
}

}  // namespace weir::dialect
