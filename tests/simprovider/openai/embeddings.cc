#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "bench/text/json_text.h"
#include "bench/text/text.h"
#include "tests/simprovider/openai/answers.h"

namespace weir::simprovider {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

constexpr std::int64_t kDefaultDimensions = 8;
constexpr std::int64_t kMaxDimensions = 4096;

// `input` is a text, a list of texts, a list of tokens or a list of such lists.
std::size_t InputsOf(element request) {
  array inputs;
  if (request["input"].get(inputs) != simdjson::SUCCESS || inputs.size() == 0) {
    return 1;
  }
  return inputs.at(0).is_int64() ? 1 : inputs.size();
}

std::int64_t DimensionsOf(element request) {
  std::int64_t dimensions;
  if (request["dimensions"].get(dimensions) != simdjson::SUCCESS) {
    return kDefaultDimensions;
  }
  return std::clamp<std::int64_t>(dimensions, 1, kMaxDimensions);
}

// Differs by input and is exact in any notation.
std::vector<float> Vector(std::size_t input, std::int64_t dimensions) {
  std::vector<float> vector(static_cast<std::size_t>(dimensions));
  for (std::size_t i = 0; i < vector.size(); ++i) {
    vector[i] = static_cast<float>((input + i) % 16) / 16.0F;
  }
  return vector;
}

// The official SDKs ask for base64: little-endian floats.
std::string Base64(const std::vector<float>& vector) {
  std::string bytes(vector.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), vector.data(), bytes.size());
  return text::JsonString(absl::Base64Escape(bytes));
}

}  // namespace

Answer EmbeddingsAnswer(element request, const OpenAiAsk& ask) {
  std::string_view encoding;
  const bool base64 =
      request["encoding_format"].get(encoding) == simdjson::SUCCESS &&
      encoding == "base64";
  std::vector<std::string> items;
  for (std::size_t i = 0; i < InputsOf(request); ++i) {
    const std::vector<float> vector = Vector(i, DimensionsOf(request));
    items.push_back(
        text::Cat(R"({"object":"embedding","index":)", i, R"(,"embedding":)",
                  base64 ? Base64(vector)
                         : text::Cat("[", absl::StrJoin(vector, ","), "]"),
                  "}"));
  }
  const int tokens = PromptTokens(ask.ask);
  Answer answer;
  answer.body =
      text::Cat(R"({"object":"list","data":[)", absl::StrJoin(items, ","),
                R"(],"model":)", text::JsonString(ask.ask.model),
                R"(,"usage":{"prompt_tokens":)", tokens, R"(,"total_tokens":)",
                tokens, "}}");
  return answer;
}

}  // namespace weir::simprovider
