#include "common/dialect/gemini/generate_reader.h"

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/answer_parts.h"
#include "common/dialect/canonical/json_members.h"
#include "common/dialect/canonical/provider_error.h"
#include "common/dialect/gemini/gemini_logprobs.h"
#include "common/dialect/gemini/gemini_usage.h"

namespace weir::dialect {
namespace {

namespace dom = simdjson::dom;

using canonical::AnswerEvents;
using canonical::FinishReason;
using canonical::Garbage;
using canonical::ObjectAt;
using canonical::ReadInto;
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

// Members of an answer, of a candidate and of a part, each read in one pass:
// this is done for every event of a stream.
struct Members {
  std::optional<dom::array> candidates;
  std::optional<dom::object> feedback;
  std::optional<dom::object> usage;
  std::string_view id;
};

Members MembersOf(const dom::object& answer) {
  Members members;
  for (const auto& [name, value] : answer) {
    if (name == "candidates") {
      ReadInto(value, members.candidates);
    } else if (name == "usageMetadata") {
      ReadInto(value, members.usage);
    } else if (name == "promptFeedback") {
      ReadInto(value, members.feedback);
    } else if (name == "responseId") {
      ReadInto(value, members.id);
    }
  }
  return members;
}

struct Candidate {
  std::optional<dom::object> content;
  std::optional<dom::object> logprobs;
  std::string_view finish_reason;
  std::uint64_t index = 0;
};

Candidate CandidateOf(const dom::object& object) {
  Candidate candidate;
  for (const auto& [name, value] : object) {
    if (name == "content") {
      ReadInto(value, candidate.content);
    } else if (name == "finishReason") {
      ReadInto(value, candidate.finish_reason);
    } else if (name == "index") {
      ReadInto(value, candidate.index);
    } else if (name == "logprobsResult") {
      ReadInto(value, candidate.logprobs);
    }
  }
  return candidate;
}

struct Part {
  std::string_view text;
  std::string_view signature;
  std::optional<dom::object> call;
  bool thought = false;
};

Part PartOf(const dom::object& object) {
  Part part;
  for (const auto& [name, value] : object) {
    if (name == "text") {
      ReadInto(value, part.text);
    } else if (name == "functionCall") {
      ReadInto(value, part.call);
    } else if (name == "thoughtSignature") {
      ReadInto(value, part.signature);
    } else if (name == "thought") {
      ReadInto(value, part.thought);
    }
  }
  return part;
}

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

void GenerateReader::ReadPart(const dom::object& object, AnswerEvents& events) {
  const Part part = PartOf(object);
  if (part.call.has_value()) {
    const std::uint32_t number = calls_++;
    const auto arguments = ObjectAt(*part.call, "args");
    arguments_.push_back(arguments.has_value() ? simdjson::minify(*arguments)
                                               : "{}");
    events.push_back(
        canonical::ToolCallBegun{number, StringAt(*part.call, "id"),
                                 StringAt(*part.call, "name"), part.signature});
    events.push_back(canonical::ToolArguments{number, arguments_.back()});
    events.push_back(canonical::ToolCallEnded{number});
    return;
  }
  if (part.text.empty()) return;
  if (part.thought) {
    events.push_back(canonical::ThinkingDelta{part.text});
  } else {
    events.push_back(canonical::TextDelta{part.text});
  }
}

void GenerateReader::ReadLogprobs(const dom::object& result, std::size_t first,
                                  AnswerEvents& events) {
  logprobs_ = ReadLogprobsResult(result);
  if (logprobs_.empty()) return;
  for (std::size_t i = events.size(); i > first; --i) {
    if (auto* text = std::get_if<canonical::TextDelta>(&events[i - 1])) {
      text->logprobs = &logprobs_;
      return;
    }
  }
  events.push_back(canonical::TextDelta{{}, &logprobs_});
}

absl::Status GenerateReader::ReadCandidate(const dom::object& object,
                                           AnswerEvents& events) {
  const Candidate candidate = CandidateOf(object);
  if (candidate.index > 0) return absl::OkStatus();
  const std::size_t first = events.size();
  if (candidate.content.has_value()) {
    if (const auto parts = canonical::ArrayAt(*candidate.content, "parts")) {
      for (const dom::element element : *parts) {
        dom::object part;
        if (element.get(part)) return Garbage("a part that is no object");
        ReadPart(part, events);
      }
    }
  }
  if (candidate.logprobs.has_value()) {
    ReadLogprobs(*candidate.logprobs, first, events);
  }
  if (!candidate.finish_reason.empty()) {
    Finish(candidate.finish_reason, events);
  }
  return absl::OkStatus();
}

absl::Status GenerateReader::Read(const dom::object& answer,
                                  AnswerEvents& events) {
  const auto& [candidates, feedback, usage, id] = MembersOf(answer);
  if (!candidates.has_value() && !feedback.has_value() && !usage.has_value()) {
    return Garbage("neither candidates nor feedback nor usage");
  }
  if (!started_) {
    started_ = true;
    events.push_back(canonical::Started{id});
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
