#include "common/dialect/openai/chat_logprobs.h"

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "common/dialect/canonical/json_members.h"
#include "common/dialect/canonical/logprobs.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {
namespace {

namespace dom = simdjson::dom;

using canonical::ArrayAt;
using canonical::LikelyToken;
using canonical::Logprobs;
using canonical::MemberAs;
using canonical::ObjectAt;
using canonical::StringAt;

// The API has a list of numbers; servers that have none mean the text's own.
std::string BytesOfToken(const dom::object& object, std::string_view token) {
  const auto numbers = ArrayAt(object, "bytes");
  if (!numbers.has_value()) return std::string(token);
  std::string bytes;
  for (const dom::element element : *numbers) {
    std::uint64_t number = 0;
    if (element.get(number) || number > 0xFF) return std::string(token);
    bytes += static_cast<char>(number);
  }
  return bytes;
}

LikelyToken TokenOf(const dom::object& object) {
  const std::string_view token = StringAt(object, "token");
  return {.token = std::string(token),
          .bytes = BytesOfToken(object, token),
          .logprob = MemberAs<double>(object, "logprob").value_or(0)};
}

void WriteToken(const LikelyToken& token, JsonWriter& json) {
  json.Key("token").String(token.token);
  json.Key("logprob").Decimal(token.logprob);
  json.Key("bytes").BeginArray();
  for (const char byte : token.bytes) {
    json.Number(static_cast<unsigned char>(byte));
  }
  json.EndArray();
}

}  // namespace

Logprobs ReadChatLogprobs(const dom::object& choice) {
  Logprobs logprobs;
  const auto said = ObjectAt(choice, "logprobs");
  if (!said.has_value()) return logprobs;
  const auto content = ArrayAt(*said, "content");
  if (!content.has_value()) return logprobs;
  for (const dom::element element : *content) {
    dom::object object;
    if (element.get(object)) continue;
    canonical::ChosenToken token{.chosen = TokenOf(object)};
    if (const auto likeliest = ArrayAt(object, "top_logprobs")) {
      for (const dom::element other : *likeliest) {
        dom::object likely;
        if (!other.get(likely)) token.likeliest.push_back(TokenOf(likely));
      }
    }
    logprobs.push_back(std::move(token));
  }
  return logprobs;
}

void WriteTokenLogprobs(const Logprobs& logprobs, JsonWriter& json) {
  for (const canonical::ChosenToken& token : logprobs) {
    json.BeginObject();
    WriteToken(token.chosen, json);
    json.Key("top_logprobs").BeginArray();
    for (const LikelyToken& likely : token.likeliest) {
      json.BeginObject();
      WriteToken(likely, json);
      json.EndObject();
    }
    json.EndArray().EndObject();
  }
}

}  // namespace weir::dialect
