#include "tests/simprovider/openai/read_ask.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "bench/text/text.h"
#include "tests/simprovider/dialect/json_members.h"
#include "tests/simprovider/dialect/sample.h"

namespace weir::simprovider {
namespace {

using simdjson::dom::element;

// Completions, chat and Responses each have their own name for it.
std::optional<std::int64_t> TokenLimit(element request) {
  for (const char* name :
       {"max_tokens", "max_completion_tokens", "max_output_tokens"}) {
    const std::optional<std::int64_t> limit = IntegerAt(request, name);
    if (limit && *limit > 0) return limit;
  }
  return std::nullopt;
}

bool WantsThinking(element request) {
  std::string effort = StringAt(request, "reasoning_effort");
  if (const auto reasoning = MemberOf(request, "reasoning")) {
    effort = StringAt(*reasoning, "effort");
  }
  return !effort.empty() && effort != "none" && effort != "minimal";
}

// Chat has `response_format`, Responses `text.format`.
std::optional<std::string> JsonWanted(element request) {
  element format;
  if (request["response_format"].get(format) != simdjson::SUCCESS &&
      request["text"]["format"].get(format) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  const std::string type = StringAt(format, "type");
  if (type == "json_object") return "{}";
  if (type != "json_schema") return std::nullopt;
  const element holder = MemberOf(format, "json_schema").value_or(format);
  const std::optional<element> schema = MemberOf(holder, "schema");
  return schema ? SampleOf(*schema) : "{}";
}

// Chat has a switch for it, Responses a list of what else to tell.
std::optional<std::int64_t> AlternativesWanted(element request) {
  bool wanted = TrueAt(request, "logprobs");
  for (const element item : ItemsAt(request, "include")) {
    std::string_view name;
    wanted |= item.get(name) == simdjson::SUCCESS &&
              name == "message.output_text.logprobs";
  }
  if (!wanted) return std::nullopt;
  return IntegerAt(request, "top_logprobs").value_or(0);
}

// `what`: the address, or the type in a data URL.
Attachment AttachmentAt(std::string_view url) {
  if (!text::ConsumePrefix(url, "data:")) return {std::string(url)};
  return {std::string(url.substr(0, url.find(';'))),
          url.size() - std::min(url.size(), url.find(',') + 1)};
}

// Chat has `image_url.url`, Responses `image_url`.
void ReadPart(element part, Ask& ask) {
  if (const auto image = MemberOf(part, "image_url")) {
    std::string_view url;
    if (image->get(url) != simdjson::SUCCESS) {
      const std::string nested = StringAt(*image, "url");
      return ask.attachments.push_back(AttachmentAt(nested));
    }
    return ask.attachments.push_back(AttachmentAt(url));
  }
  const element file = MemberOf(part, "file").value_or(part);
  if (const std::string data = StringAt(file, "file_data"); !data.empty()) {
    ask.attachments.push_back(AttachmentAt(data));
  }
}

// The text of parts, or of a string in their place.
std::string TextAt(element owner, std::string_view key) {
  std::string text = StringAt(owner, key);
  for (const element part : ItemsAt(owner, key)) {
    text += StringAt(part, "text");
  }
  return text;
}

// Messages of a chat, items of Responses. Results count while nothing follows
// them.
void ReadTurns(element request, Ask& ask) {
  for (const char* list : {"messages", "input"}) {
    for (const element turn : ItemsAt(request, list)) {
      if (StringAt(turn, "role") == "tool") {
        ask.results.push_back(TextAt(turn, "content"));
        continue;
      }
      if (const std::string type = StringAt(turn, "type");
          type == "function_call_output" || type == "custom_tool_call_output") {
        ask.results.push_back(TextAt(turn, "output"));
        continue;
      }
      ask.results.clear();
      for (const element part : ItemsAt(turn, "content")) ReadPart(part, ask);
    }
  }
}

// Chat nests name and parameters under `function`, Responses does not.
element FunctionOf(element tool) {
  return MemberOf(tool, "function").value_or(tool);
}

// Responses alone has tools that take a text, and tools in a namespace.
void AddTool(element tool, const std::string& name_space, Ask& ask) {
  const element function = FunctionOf(tool);
  std::string name = StringAt(function, "name");
  if (name.empty()) return;
  ask.tools.push_back({.name = std::move(name),
                       .parameters = MemberOf(function, "parameters"),
                       .input = StringAt(tool, "type") == "custom"
                                    ? Tool::Input::kText
                                    : Tool::Input::kJson,
                       .name_space = name_space});
}

void ReadTools(element request, Ask& ask) {
  if (StringAt(request, "tool_choice") == "none") return;
  if (const auto choice = MemberOf(request, "tool_choice");
      choice && choice->is_object()) {
    ask.chosen_tool = StringAt(FunctionOf(*choice), "name");
  }
  bool parallel = true;
  if (request["parallel_tool_calls"].get(parallel) == simdjson::SUCCESS &&
      !parallel) {
    ask.calls = Ask::Calls::kOne;
  }
  for (const element tool : ItemsAt(request, "tools")) {
    if (StringAt(tool, "type") != "namespace") {
      AddTool(tool, "", ask);
      continue;
    }
    for (const element within : ItemsAt(tool, "tools")) {
      AddTool(within, StringAt(tool, "name"), ask);
    }
  }
}

void ReadStops(element request, Ask& ask) {
  if (std::string stop = StringAt(request, "stop"); !stop.empty()) {
    ask.stops.push_back(std::move(stop));
  }
  for (const element stop : ItemsAt(request, "stop")) {
    std::string_view text;
    if (stop.get(text) == simdjson::SUCCESS && !text.empty()) {
      ask.stops.emplace_back(text);
    }
  }
}

}  // namespace

OpenAiAsk ReadOpenAiAsk(element request, std::size_t body_bytes) {
  OpenAiAsk read;
  Ask& ask = read.ask;
  ask.body_bytes = body_bytes;
  ask.model = StringAt(request, "model");
  ask.max_tokens = TokenLimit(request);
  if (TrueAt(request, "stream")) ask.delivery = Ask::Delivery::kStream;
  if (WantsThinking(request)) ask.thinking = Ask::Thinking::kOn;
  ask.json = JsonWanted(request);
  ask.alternatives = AlternativesWanted(request);
  ReadStops(request, ask);
  ReadTurns(request, ask);
  if (ask.results.empty()) ReadTools(request, ask);
  if (const auto options = MemberOf(request, "stream_options");
      options && TrueAt(*options, "include_usage")) {
    read.usage = OpenAiAsk::Usage::kInclude;
  }
  return read;
}

}  // namespace weir::simprovider
