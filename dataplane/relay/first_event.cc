#include "dataplane/relay/first_event.h"

#include <simdjson.h>

#include <string_view>

#include "dataplane/request.h"

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

}  // namespace

EventVerdict JudgeEvent(Endpoint endpoint, std::string_view data) {
  if (data.empty()) return EventVerdict::kPreamble;
  // An empty answer is an answer.
  if (data == "[DONE]") return EventVerdict::kMeaningful;
  thread_local dom::parser parser;
  dom::element event;
  if (parser.parse(data.data(), data.size()).get(event)) {
    return endpoint == Endpoint::kPassThrough ? EventVerdict::kMeaningful
                                              : EventVerdict::kGarbage;
  }
  dom::element error;
  if (event["error"].get(error) == simdjson::SUCCESS && HasContent(error)) {
    return EventVerdict::kError;
  }
  switch (endpoint) {
    case Endpoint::kChatCompletions:
    case Endpoint::kCompletions:
      return JudgeChunk(event);
    case Endpoint::kResponses:
      return JudgeResponsesEvent(event);
    default:
      return EventVerdict::kMeaningful;
  }
}

}  // namespace weir::dataplane
