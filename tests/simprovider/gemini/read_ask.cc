#include "tests/simprovider/gemini/read_ask.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "tests/simprovider/dialect/json_members.h"
#include "tests/simprovider/dialect/sample.h"

namespace weir::simprovider {
namespace {

using simdjson::dom::element;

std::string TextOf(std::optional<element> value) {
  std::string_view text;
  return value && value->get(text) == simdjson::SUCCESS ? std::string(text)
                                                        : "";
}

std::vector<element> Items(element value, std::string_view camel) {
  std::vector<element> items;
  simdjson::dom::array array;
  if (const auto member = EitherCase(value, camel);
      member && member->get(array) == simdjson::SUCCESS) {
    for (const element item : array) items.push_back(item);
  }
  return items;
}

// What a tool said: the one text of its response, or all of it.
std::string ResultOf(element response) {
  for (const char* name : {"output", "result", "error"}) {
    if (std::string text = StringAt(response, name); !text.empty()) return text;
  }
  return simdjson::minify(response);
}

void ReadPart(element part, Ask& ask) {
  if (const auto inline_data = EitherCase(part, "inlineData")) {
    ask.attachments.push_back({TextOf(EitherCase(*inline_data, "mimeType")),
                               StringAt(*inline_data, "data").size()});
  }
  if (const auto file = EitherCase(part, "fileData")) {
    ask.attachments.push_back({TextOf(EitherCase(*file, "fileUri"))});
  }
  if (const auto response = EitherCase(part, "functionResponse")) {
    const auto content = MemberOf(*response, "response");
    ask.results.push_back(content ? ResultOf(*content) : "");
  }
}

void ReadTools(element request, Ask& ask) {
  if (const auto config = EitherCase(request, "toolConfig")) {
    if (const auto calling = EitherCase(*config, "functionCallingConfig")) {
      if (StringAt(*calling, "mode") == "NONE") return;
      const auto allowed = Items(*calling, "allowedFunctionNames");
      if (allowed.size() == 1) ask.chosen_tool = TextOf(allowed[0]);
    }
  }
  for (const element tool : Items(request, "tools")) {
    for (const element function : Items(tool, "functionDeclarations")) {
      auto schema = EitherCase(function, "parametersJsonSchema");
      if (!schema) schema = MemberOf(function, "parameters");
      ask.tools.push_back({StringAt(function, "name"), schema});
    }
  }
}

bool Thinks(element thinking) {
  const auto budget = EitherCase(thinking, "thinkingBudget");
  std::int64_t tokens = 1;
  if (budget && budget->get(tokens) == simdjson::SUCCESS) return tokens != 0;
  const std::string level =
      absl::AsciiStrToLower(TextOf(EitherCase(thinking, "thinkingLevel")));
  if (!level.empty()) return level != "minimal";
  return EitherCase(thinking, "includeThoughts").has_value();
}

void ReadConfig(element config, GeminiAsk& read) {
  Ask& ask = read.ask;
  if (const auto limit = EitherCase(config, "maxOutputTokens")) {
    std::int64_t tokens = 0;
    if (limit->get(tokens) == simdjson::SUCCESS) ask.max_tokens = tokens;
  }
  for (const element stop : Items(config, "stopSequences")) {
    if (std::string text = TextOf(stop); !text.empty()) {
      ask.stops.push_back(std::move(text));
    }
  }
  if (TextOf(EitherCase(config, "responseMimeType")) == "application/json") {
    auto schema = EitherCase(config, "responseJsonSchema");
    if (!schema) schema = EitherCase(config, "responseSchema");
    ask.json = schema ? SampleOf(*schema) : "{}";
  }
  bool likely = false;
  if (const auto wanted = EitherCase(config, "responseLogprobs");
      wanted && wanted->get(likely) == simdjson::SUCCESS && likely) {
    ask.alternatives = IntegerAt(config, "logprobs").value_or(0);
  }
  if (const auto thinking = EitherCase(config, "thinkingConfig");
      thinking && Thinks(*thinking)) {
    ask.thinking = Ask::Thinking::kOn;
    bool shown = false;
    if (const auto include = EitherCase(*thinking, "includeThoughts");
        include && include->get(shown) == simdjson::SUCCESS && shown) {
      read.thoughts = GeminiAsk::Thoughts::kShown;
    }
  }
}

}  // namespace

GeminiAsk ReadGeminiAsk(element request, std::string_view model,
                        std::size_t body_bytes) {
  GeminiAsk read;
  Ask& ask = read.ask;
  ask.model = std::string(model);
  ask.body_bytes = body_bytes;
  if (const auto config = EitherCase(request, "generationConfig")) {
    ReadConfig(*config, read);
  }
  for (const element content : Items(request, "contents")) {
    ask.results.clear();
    for (const element part : Items(content, "parts")) ReadPart(part, ask);
  }
  if (ask.results.empty()) ReadTools(request, ask);
  return read;
}

std::optional<element> EitherCase(element value, std::string_view camel) {
  if (const auto member = MemberOf(value, camel)) return member;
  std::string snake;
  for (const char c : camel) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c))) snake += '_';
    snake += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return MemberOf(value, snake);
}

}  // namespace weir::simprovider
