#include "controlplane/probe/answer_cost.h"

#include <simdjson.h>

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "common/config/price.h"

namespace weir::controlplane {
namespace {

namespace dom = simdjson::dom;

constexpr std::uint64_t kMaxTokens = 1'000'000;

// The first of `names` that holds a count; `otherwise` where none does.
std::uint64_t Count(const dom::object& usage,
                    std::initializer_list<const char*> names,
                    std::uint64_t otherwise) {
  for (const char* name : names) {
    std::uint64_t count = 0;
    if (usage[name].get(count) == simdjson::SUCCESS && count <= kMaxTokens) {
      return count;
    }
  }
  return otherwise;
}

}  // namespace

ProbeTokens TokensOf(std::string_view body) {
  ProbeTokens tokens;
  dom::parser parser;
  dom::object answer;
  if (parser.parse(body.data(), body.size()).get(answer)) return tokens;
  dom::object usage;
  if (answer["usage"].get(usage) && answer["usageMetadata"].get(usage)) {
    return tokens;
  }
  tokens.input =
      Count(usage, {"prompt_tokens", "input_tokens", "promptTokenCount"},
            tokens.input);
  tokens.output = Count(
      usage, {"completion_tokens", "output_tokens", "candidatesTokenCount"},
      tokens.output);
  return tokens;
}

double CostOf(const ProbeTokens& tokens, const config::Price& price) {
  return config::CostOf(
      {.input = tokens.input, .output = tokens.output, .requests = 1}, price);
}

}  // namespace weir::controlplane
