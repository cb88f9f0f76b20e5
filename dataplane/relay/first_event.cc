#include "dataplane/relay/first_event.h"

#include <simdjson.h>

#include <string_view>

#include "dataplane/relay/answer_format.h"

namespace weir::dataplane {
namespace {

namespace dom = simdjson::dom;

bool HasContent(const dom::element& value) {
  switch (value.type()) {
    case dom::element_type::NULL_VALUE:
      return false;
    case dom::element_type::STRING:
      return !std::string_view(value).empty();
    case dom::element_type::ARRAY:
      return dom::array(value).size() > 0;
    case dom::element_type::OBJECT:
      return dom::object(value).size() > 0;
    default:
      return true;
  }
}

// A choice of a chat chunk: any part of its delta but the role, a text, an end.
bool IsMeaningfulChoice(const dom::element& choice) {
  dom::object fields;
  if (choice.get(fields)) return false;
  for (const auto& [name, value] : fields) {
    if (name == "finish_reason" || name == "text") {
      if (HasContent(value)) return true;
    } else if (name == "delta" && value.is_object()) {
      for (const auto& [part, content] : dom::object(value)) {
        if (part != "role" && HasContent(content)) return true;
      }
    }
  }
  return false;
}

EventVerdict JudgeChunk(const dom::element& event) {
  dom::array choices;
  if (event["choices"].get(choices)) return EventVerdict::kGarbage;
  for (const dom::element choice : choices) {
    if (IsMeaningfulChoice(choice)) return EventVerdict::kMeaningful;
  }
  return EventVerdict::kPreamble;
}

EventVerdict JudgeResponsesEvent(const dom::element& event) {
  std::string_view type;
  if (event["type"].get(type)) return EventVerdict::kGarbage;
  if (type == "error" || type == "response.failed") return EventVerdict::kError;
  const bool starts = type == "response.created" || type == "response.queued" ||
                      type == "response.in_progress";
  return starts ? EventVerdict::kPreamble : EventVerdict::kMeaningful;
}

// A block that is shown begins empty; one that names a tool, or that holds its
// data at once, says something.
bool IsEmptyBlock(const dom::element& event) {
  std::string_view type;
  if (event["content_block"]["type"].get(type)) return true;
  std::string_view text;
  if (event["content_block"][type].get(text)) return false;
  return text.empty();
}

EventVerdict JudgeMessagesEvent(const dom::element& event) {
  std::string_view type;
  if (event["type"].get(type)) return EventVerdict::kGarbage;
  if (type == "error") return EventVerdict::kError;
  const bool starts = type == "message_start" || type == "ping" ||
                      type == "content_block_stop" ||
                      (type == "content_block_start" && IsEmptyBlock(event));
  return starts ? EventVerdict::kPreamble : EventVerdict::kMeaningful;
}

// A candidate of Gemini's: any part of its content, or an end.
bool IsMeaningfulCandidate(const dom::element& candidate) {
  std::string_view reason;
  if (candidate["finishReason"].get(reason) == simdjson::SUCCESS) return true;
  dom::array parts;
  if (candidate["content"]["parts"].get(parts)) return false;
  for (const dom::element part : parts) {
    dom::object fields;
    if (part.get(fields)) continue;
    for (const auto& [name, value] : fields) {
      if (name != "thought" && HasContent(value)) return true;
    }
  }
  return false;
}

EventVerdict JudgeGenerateEvent(const dom::element& event) {
  std::string_view blocked;
  if (event["promptFeedback"]["blockReason"].get(blocked) ==
      simdjson::SUCCESS) {
    return EventVerdict::kMeaningful;
  }
  dom::array candidates;
  if (event["candidates"].get(candidates)) {
    dom::object usage;
    return event["usageMetadata"].get(usage) ? EventVerdict::kGarbage
                                             : EventVerdict::kPreamble;
  }
  for (const dom::element candidate : candidates) {
    if (IsMeaningfulCandidate(candidate)) return EventVerdict::kMeaningful;
  }
  return EventVerdict::kPreamble;
}

}  // namespace

EventVerdict JudgeEvent(AnswerFormat format, std::string_view data) {
  if (data.empty()) return EventVerdict::kPreamble;
  // An empty answer is an answer.
  if (data == "[DONE]") return EventVerdict::kMeaningful;
  thread_local dom::parser parser;
  dom::element event;
  if (parser.parse(data.data(), data.size()).get(event)) {
    return format == AnswerFormat::kOpaque ? EventVerdict::kMeaningful
                                           : EventVerdict::kGarbage;
  }
  dom::element error;
  if (event["error"].get(error) == simdjson::SUCCESS && HasContent(error)) {
    return EventVerdict::kError;
  }
  switch (format) {
    case AnswerFormat::kChat:
    case AnswerFormat::kCompletions:
      return JudgeChunk(event);
    case AnswerFormat::kResponses:
      return JudgeResponsesEvent(event);
    case AnswerFormat::kMessages:
      return JudgeMessagesEvent(event);
    case AnswerFormat::kGenerate:
      return JudgeGenerateEvent(event);
    default:
      return EventVerdict::kMeaningful;
  }
}

}  // namespace weir::dataplane
