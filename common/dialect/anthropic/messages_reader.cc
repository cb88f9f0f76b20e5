#include "common/dialect/anthropic/messages_reader.h"

#include <simdjson.h>

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "common/dialect/anthropic/anthropic_usage.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/answer_parts.h"
#include "common/dialect/canonical/json_members.h"
#include "common/dialect/canonical/provider_error.h"

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
    {"end_turn", FinishReason::kStop},
    {"stop_sequence", FinishReason::kStopSequence},
    {"max_tokens", FinishReason::kLength},
    {"model_context_window_exceeded", FinishReason::kLength},
    {"tool_use", FinishReason::kToolCalls},
    {"refusal", FinishReason::kFiltered},
    {"pause_turn", FinishReason::kPaused},
};

// What a message, or the change that ends one, says of itself.
struct AnswerMembers {
  std::string_view id;
  std::string_view stop_reason;
  std::string_view stop_sequence;
  std::optional<dom::array> content;
  std::optional<dom::object> usage;
};

// One pass: this is done for every request.
AnswerMembers MembersOf(const dom::object& object) {
  AnswerMembers message;
  for (const auto& [name, value] : object) {
    if (name == "content") {
      ReadInto(value, message.content);
    } else if (name == "usage") {
      ReadInto(value, message.usage);
    } else if (name == "id") {
      ReadInto(value, message.id);
    } else if (name == "stop_reason") {
      ReadInto(value, message.stop_reason);
    } else if (name == "stop_sequence") {
      ReadInto(value, message.stop_sequence);
    }
  }
  return message;
}

void Finish(const AnswerMembers& message, AnswerEvents& events) {
  if (message.stop_reason.empty()) return;
  events.push_back(
      canonical::Finished{canonical::ReasonOf(message.stop_reason, kReasons),
                          message.stop_reason, message.stop_sequence});
}

template <typename Event>
void AddUnlessEmpty(std::string_view text, AnswerEvents& events) {
  if (!text.empty()) events.push_back(Event{text});
}

}  // namespace

absl::Status MessagesReader::BeginBlock(const dom::object& block,
                                        AnswerEvents& events) {
  const std::string_view type = StringAt(block, "type");
  if (type.empty()) return Garbage("a content block without a type");
  block_ = Block::kShown;
  if (type == "text") {
    AddUnlessEmpty<canonical::TextDelta>(StringAt(block, "text"), events);
  } else if (type == "thinking") {
    AddUnlessEmpty<canonical::ThinkingDelta>(StringAt(block, "thinking"),
                                             events);
    AddUnlessEmpty<canonical::ThinkingSignature>(StringAt(block, "signature"),
                                                 events);
  } else if (type == "redacted_thinking") {
    events.push_back(canonical::RedactedThinking{StringAt(block, "data")});
  } else if (type == "tool_use") {
    block_ = Block::kCall;
    events.push_back(canonical::ToolCallBegun{calls_, StringAt(block, "id"),
                                              StringAt(block, "name")});
    // In a stream it is empty, and the arguments follow.
    const auto input = ObjectAt(block, "input");
    if (input.has_value() && input->size() > 0) {
      arguments_.push_back(simdjson::minify(*input));
      events.push_back(canonical::ToolArguments{calls_, arguments_.back()});
    }
    ++calls_;
  } else {
    block_ = Block::kNone;
  }
  return absl::OkStatus();
}

void MessagesReader::ReadDelta(const dom::object& delta,
                               AnswerEvents& events) const {
  const std::string_view type = StringAt(delta, "type");
  if (type == "input_json_delta") {
    const std::string_view json = StringAt(delta, "partial_json");
    if (block_ == Block::kCall && !json.empty()) {
      events.push_back(canonical::ToolArguments{calls_ - 1, json});
    }
  } else if (type == "text_delta") {
    AddUnlessEmpty<canonical::TextDelta>(StringAt(delta, "text"), events);
  } else if (type == "thinking_delta") {
    AddUnlessEmpty<canonical::ThinkingDelta>(StringAt(delta, "thinking"),
                                             events);
  } else if (type == "signature_delta") {
    AddUnlessEmpty<canonical::ThinkingSignature>(StringAt(delta, "signature"),
                                                 events);
  }
}

void MessagesReader::EndBlock(AnswerEvents& events) {
  if (block_ == Block::kCall) {
    events.push_back(canonical::ToolCallEnded{calls_ - 1});
  }
  block_ = Block::kNone;
}

void MessagesReader::Count(const std::optional<dom::object>& usage,
                           AnswerEvents& events) {
  if (!usage.has_value()) return;
  Overlay(ReadAnthropicUsage(*usage).usage, usage_);
  events.push_back(canonical::Counted{usage_});
}

absl::Status MessagesReader::ReadWhole(std::string_view body,
                                       AnswerEvents& events) {
  arguments_.clear();
  dom::object whole;
  if (parser_->parse(body.data(), body.size()).get(whole)) {
    return Garbage("not a JSON object");
  }
  const AnswerMembers message = MembersOf(whole);
  if (!message.content.has_value()) return Garbage("an answer without content");
  events.push_back(canonical::Started{message.id});
  for (const dom::element element : *message.content) {
    dom::object block;
    if (element.get(block)) return Garbage("a content block is no object");
    if (auto status = BeginBlock(block, events); !status.ok()) return status;
    EndBlock(events);
  }
  Finish(message, events);
  Count(message.usage, events);
  events.push_back(canonical::Ended{});
  return absl::OkStatus();
}

absl::Status MessagesReader::ReadEvent(std::string_view data,
                                       AnswerEvents& events) {
  arguments_.clear();
  dom::object event;
  if (parser_->parse(data.data(), data.size()).get(event)) {
    return Garbage("not a JSON object");
  }
  const std::string_view type = StringAt(event, "type");
  if (type == "content_block_delta") {
    const auto delta = ObjectAt(event, "delta");
    if (!delta.has_value()) return Garbage("content_block_delta without delta");
    ReadDelta(*delta, events);
  } else if (type == "content_block_start") {
    const auto block = ObjectAt(event, "content_block");
    if (!block.has_value()) return Garbage("content_block_start without block");
    return BeginBlock(*block, events);
  } else if (type == "content_block_stop") {
    EndBlock(events);
  } else if (type == "message_start") {
    const auto begun = ObjectAt(event, "message");
    if (!begun.has_value()) return Garbage("message_start without message");
    const AnswerMembers message = MembersOf(*begun);
    events.push_back(canonical::Started{message.id});
    Count(message.usage, events);
  } else if (type == "message_delta") {
    if (const auto delta = ObjectAt(event, "delta")) {
      Finish(MembersOf(*delta), events);
    }
    Count(ObjectAt(event, "usage"), events);
  } else if (type == "message_stop") {
    ended_ = true;
    events.push_back(canonical::Ended{});
  } else if (type == "ping") {
    events.push_back(canonical::StillAlive{});
  } else if (type == "error") {
    events.push_back(
        canonical::ErrorIn(event).value_or(canonical::Failed{{}, {}}));
  } else if (type.empty()) {
    return Garbage("an event without a type");
  }
  // Other types are newer than this: nothing in them that could be passed on.
  return absl::OkStatus();
}

absl::Status MessagesReader::ReadEndOfBody(AnswerEvents& /*events*/) {
  if (ended_) return absl::OkStatus();
  return Garbage("the stream ended without message_stop");
}

}  // namespace weir::dialect
