#include "bench/loadgen/request_text.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "bench/event_loop/socket.h"
#include "bench/text/json_text.h"
#include "bench/text/text.h"

namespace weir::bench {
namespace {

constexpr std::string_view kScheme = "http://";

constexpr int kAnthropicTokens = 1000;

// What stands before and behind the prompt's words.
struct Around {
  std::string opening;
  std::string closing;
};

Around OpenAiBody(const RequestShape& shape, Kind kind) {
  std::string closing = "\"}]";
  if (shape.max_tokens > 0) {
    text::Append(closing, R"(,"max_tokens":)", shape.max_tokens);
  }
  if (kind == Kind::kSse) {
    closing += R"(,"stream":true,"stream_options":{"include_usage":true})";
  }
  return {text::Cat(R"({"model":)", text::JsonString(shape.model),
                    R"(,"messages":[{"role":"user","content":")"),
          closing + "}"};
}

Around AnthropicBody(const RequestShape& shape, Kind kind) {
  const int tokens = shape.max_tokens > 0 ? shape.max_tokens : kAnthropicTokens;
  return {text::Cat(R"({"model":)", text::JsonString(shape.model),
                    R"(,"messages":[{"role":"user","content":")"),
          text::Cat(R"("}],"max_tokens":)", tokens,
                    kind == Kind::kSse ? R"(,"stream":true})" : "}")};
}

Around GeminiBody(const RequestShape& shape) {
  std::string closing = R"("}]}])";
  if (shape.max_tokens > 0) {
    text::Append(closing, R"(,"generationConfig":{"maxOutputTokens":)",
                 shape.max_tokens, "}");
  }
  return {R"({"contents":[{"role":"user","parts":[{"text":")", closing + "}"};
}

Around BodyOf(const RequestShape& shape, Kind kind) {
  switch (shape.api) {
    case Api::kOpenAi:
      return OpenAiBody(shape, kind);
    case Api::kAnthropic:
      return AnthropicBody(shape, kind);
    case Api::kGemini:
      break;
  }
  return GeminiBody(shape);
}

std::string Body(const RequestShape& shape, Kind kind) {
  auto [opening, closing] = BodyOf(shape, kind);
  const std::size_t begin = opening.size();
  constexpr std::string_view kWords = "How much water goes over a weir? ";
  while (opening.size() + closing.size() < shape.body_bytes) {
    opening += kWords[(opening.size() - begin) % kWords.size()];
  }
  return opening + closing;
}

std::string PathOf(const Target& target, const RequestShape& shape, Kind kind) {
  switch (shape.api) {
    case Api::kOpenAi:
      return target.path;
    case Api::kAnthropic:
      return "/v1/messages";
    case Api::kGemini:
      break;
  }
  return text::Cat("/v1beta/models/", shape.model,
                   kind == Kind::kSse ? ":streamGenerateContent?alt=sse"
                                      : ":generateContent");
}

}  // namespace

absl::StatusOr<Target> ParseTarget(std::string_view url) {
  std::string_view rest = url;
  if (!text::ConsumePrefix(rest, kScheme)) {
    return absl::InvalidArgumentError(
        text::Cat("'", url, "' does not begin with ", kScheme));
  }
  const std::size_t slash = rest.find('/');
  const std::string_view authority = rest.substr(0, slash);
  const absl::StatusOr<sockaddr_in> address = ParseAddress(authority);
  if (!address.ok()) return address.status();
  const std::string_view path =
      slash == std::string_view::npos ? "/" : rest.substr(slash);
  return Target{
      .address = *address,
      .host_header = std::string(authority),
      .path = std::string(path == "/" ? "/v1/chat/completions" : path)};
}

std::string RequestText(const Target& target, const RequestShape& shape,
                        Kind kind) {
  const std::string body = Body(shape, kind);
  std::string request =
      text::Cat("POST ", PathOf(target, shape, kind),
                " HTTP/1.1\r\nHost: ", target.host_header, "\r\n");
  if (shape.api == Api::kAnthropic) {
    request += "anthropic-version: 2023-06-01\r\n";
  }
  if (!shape.key.empty()) {
    text::Append(request, "Authorization: Bearer ", shape.key, "\r\n");
  }
  text::Append(request,
               "User-Agent: weir-loadgen\r\nAccept: */*\r\n"
               "Content-Type: application/json\r\nContent-Length: ",
               body.size(), "\r\n\r\n", body);
  return request;
}

std::vector<std::string> RequestTexts(const Target& target,
                                      const RequestShape& shape, Kind kind) {
  std::vector<std::string> texts(std::max(shape.keys, shape.models));
  RequestShape turn = shape;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (shape.keys > 1) turn.key = text::Cat(shape.key, "-", i % shape.keys);
    if (shape.models > 1) {
      turn.model = text::Cat(shape.model, "-", i % shape.models);
    }
    texts[i] = RequestText(target, turn, kind);
  }
  return texts;
}

}  // namespace weir::bench
