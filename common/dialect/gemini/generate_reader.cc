#include "common/dialect/gemini/generate_reader.h"

#include <simdjson.h>

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/answer_parts.h"
#include "common/dialect/canonical/json_members.h"
#include "common/dialect/canonical/provider_error.h"
#include "common/dialect/gemini/gemini_usage.h"

namespace weir::dialect {
namespace {

namespace dom = simdjson::dom;

using canonical::AnswerEvents;
using canonical::FinishReason;
using canonical::Garbage;
using canonical::ObjectAt;
using canonical::StringAt;

constexpr canonical::NativeReason kReasons[] = {
    {"MAX_TOKENS", FinishReason::kLength},
    {"SAFETY", FinishReason::kFiltered},
    {"RECITATION", FinishReason::kFiltered},
    {"BLOCKLIST", FinishReason::kFiltered},
    {"PROHIBITED_CONTENT", FinishReason::kFiltered},
    {"SPII", FinishReason::kFiltered},
    {"IMAGE_SAFETY", FinishReason::kFiltered},
};

}  // namespace

// Gemini says STOP after a call, too.
void GenerateReader::Finish(std::string_view native, AnswerEvents& events) {
  finished_ = true;
  FinishReason reason = canonical::ReasonOf(native, kReasons);
  if (reason == FinishReason::kStop && calls_ > 0) {
    reason = FinishReason::kToolCalls;
  }
  events.push_back(canonical::Finished{reason, native});
}

void GenerateReader::ReadPart(const dom::object& part, AnswerEvents& events) {
  const std::string_view signature = StringAt(part, "thoughtSignature");
  if (const auto call = ObjectAt(part, "functionCall")) {
    const std::uint32_t number = calls_++;
    const auto arguments = ObjectAt(*call, "args");
    arguments_.push_back(arguments.has_value() ? simdjson::minify(*arguments)
                                               : "{}");
    events.push_back(canonical::ToolCallBegun{
        number, StringAt(*call, "id"), StringAt(*call, "name"), signature});
    events.push_back(canonical::ToolArguments{number, arguments_.back()});
    events.push_back(canonical::ToolCallEnded{number});
    return;
  }
  const std::string_view text = StringAt(part, "text");
  if (text.empty()) return;
  if (canonical::MemberAs<bool>(part, "thought").value_or(false)) {
    events.push_back(canonical::ThinkingDelta{text});
  } else {
    events.push_back(canonical::TextDelta{text});
  }
}

absl::Status GenerateReader::ReadCandidate(const dom::object& candidate,
                                           AnswerEvents& events) {
  if (const auto content = ObjectAt(candidate, "content")) {
    if (const auto parts = canonical::ArrayAt(*content, "parts")) {
      for (const dom::element element : *parts) {
        dom::object part;
        if (element.get(part)) return Garbage("a part that is no object");
        ReadPart(part, events);
      }
    }
  }
  const std::string_view native = StringAt(candidate, "finishReason");
  if (!native.empty()) Finish(native, events);
  return absl::OkStatus();
}

absl::Status GenerateReader::Read(const dom::object& answer,
                                  AnswerEvents& events) {
  const auto candidates = canonical::ArrayAt(answer, "candidates");
  const auto feedback = ObjectAt(answer, "promptFeedback");
  const auto usage = ObjectAt(answer, "usageMetadata");
  if (!candidates.has_value() && !feedback.has_value() && !usage.has_value()) {
    return Garbage("neither candidates nor feedback nor usage");
  }
  if (!started_) {
    started_ = true;
    events.push_back(canonical::Started{StringAt(answer, "responseId")});
  }
  // Before the text: the input is known by now, which some dialects begin with.
  if (usage.has_value()) {
    events.push_back(canonical::Counted{ReadGeminiUsage(*usage).usage});
  }
  if (feedback.has_value()) {
    const std::string_view blocked = StringAt(*feedback, "blockReason");
    if (!blocked.empty()) {
      finished_ = true;
      events.push_back(canonical::Finished{FinishReason::kFiltered, blocked});
    }
  }
  if (!candidates.has_value()) return absl::OkStatus();
  for (const dom::element element : *candidates) {
    dom::object candidate;
    if (element.get(candidate)) return Garbage("a candidate is no object");
    if (canonical::NumberAt(candidate, "index").value_or(0) > 0) continue;
    if (auto status = ReadCandidate(candidate, events); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

absl::Status GenerateReader::ReadWhole(std::string_view body,
                                       AnswerEvents& events) {
  arguments_.clear();
  dom::object answer;
  if (parser_->parse(body.data(), body.size()).get(answer)) {
    return Garbage("not a JSON object");
  }
  if (auto status = Read(answer, events); !status.ok()) return status;
  return ReadEndOfBody(events);
}

absl::Status GenerateReader::ReadEvent(std::string_view data,
                                       AnswerEvents& events) {
  arguments_.clear();
  dom::object answer;
  if (parser_->parse(data.data(), data.size()).get(answer)) {
    return Garbage("not a JSON object");
  }
  if (const auto error = canonical::ErrorIn(answer)) {
    events.push_back(*error);
    return absl::OkStatus();
  }
  return Read(answer, events);
}

absl::Status GenerateReader::ReadEndOfBody(AnswerEvents& events) {
  if (!finished_) return Garbage("the answer ended without a finishReason");
  events.push_back(canonical::Ended{});
  return absl::OkStatus();
}

}  // namespace weir::dialect
