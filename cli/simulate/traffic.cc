#include "cli/simulate/traffic.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/concat.h"
#include "common/config/effective.h"
#include "common/config/nearest.h"

namespace weir::simulate {
namespace {

namespace v1 = config::v1;

constexpr double kMaxShare = 1'000'000;
constexpr std::uint64_t kMaxTokens = 100'000'000;

// Of docs/routing.md, in tokens: bodies of 4 KiB and of 32 KiB, answers of 1024
// and of 4096 tokens.
constexpr std::uint64_t kSimpleInput = 1024;
constexpr std::uint64_t kSimpleOutput = 1024;
constexpr std::uint64_t kComplexInput = 8192;
constexpr std::uint64_t kComplexOutput = 4096;

std::vector<std::string> ModelNames(const v1::Resources& resources) {
  std::vector<std::string> names;
  for (const v1::Model& model : resources.models()) {
    names.push_back(model.name());
    names.insert(names.end(), model.aliases().begin(), model.aliases().end());
  }
  return names;
}

Tokens TokensOf(const admin::v1::TrafficPart& part) {
  Tokens tokens;
  if (part.has_input_tokens()) tokens.input = part.input_tokens();
  if (part.has_output_tokens()) tokens.output = part.output_tokens();
  tokens.cached_input = part.cached_input_tokens();
  return tokens;
}

// What is wrong with a part; empty when nothing is.
std::string WhatIsWrong(const admin::v1::TrafficPart& part,
                        const v1::Resources& resources) {
  if (part.model().empty()) return "model: is missing; name one";
  if (FindModel(resources, part.model()) < 0) {
    return Concat(
        "model: there is no model \"", part.model(), "\"; ",
        config::Suggest(part.model(), "models", ModelNames(resources)));
  }
  if (part.has_share() && !(part.share() >= 0 && part.share() <= kMaxShare)) {
    return "share: is out of range; write a value from 0 to 1000000";
  }
  const Tokens tokens = TokensOf(part);
  if (tokens.input > kMaxTokens || tokens.output > kMaxTokens) {
    return "tokens: are out of range; write values from 0 to 100000000";
  }
  if (tokens.cached_input > tokens.input) {
    return "cached_input_tokens: are more than input_tokens, which they are a "
           "part of";
  }
  return "";
}

absl::Status Wrong(int part, const std::string& what) {
  return absl::InvalidArgumentError(Concat("requests[", part, "].", what));
}

}  // namespace

int FindModel(const v1::Resources& resources, const std::string& name) {
  for (int i = 0; i < resources.models_size(); ++i) {
    const v1::Model& model = resources.models(i);
    if (model.name() == name ||
        std::find(model.aliases().begin(), model.aliases().end(), name) !=
            model.aliases().end()) {
      return i;
    }
  }
  return -1;
}

v1::Complexity ComplexityOf(const Tokens& tokens) {
  if (tokens.input > kComplexInput || tokens.output > kComplexOutput) {
    return v1::COMPLEXITY_COMPLEX;
  }
  if (tokens.input <= kSimpleInput && tokens.output <= kSimpleOutput) {
    return v1::COMPLEXITY_SIMPLE;
  }
  return v1::COMPLEXITY_MEDIUM;
}

admin::v1::TrafficMix EvenMix(const v1::Resources& resources) {
  admin::v1::TrafficMix mix;
  for (const v1::Model& model : resources.models()) {
    if (config::EffectiveMode(model.mode()) != v1::MODE_ENABLED) continue;
    mix.add_requests()->set_model(model.name());
  }
  return mix;
}

absl::StatusOr<std::vector<Part>> PartsOf(const admin::v1::TrafficMix& mix,
                                          const v1::Resources& resources,
                                          const std::string& region) {
  if (mix.requests().empty()) {
    return absl::InvalidArgumentError(
        "requests: has no entry; write `requests: [{model: NAME}]`");
  }
  std::vector<Part> parts;
  double sum = 0;
  for (int i = 0; i < mix.requests_size(); ++i) {
    const admin::v1::TrafficPart& said = mix.requests(i);
    if (const std::string what = WhatIsWrong(said, resources); !what.empty()) {
      return Wrong(i, what);
    }
    Part& part = parts.emplace_back();
    part.model = FindModel(resources, said.model());
    part.tokens = TokensOf(said);
    part.complexity = said.complexity() == v1::COMPLEXITY_UNSPECIFIED
                          ? ComplexityOf(part.tokens)
                          : said.complexity();
    part.region = said.region().empty() ? region : said.region();
    part.share = said.has_share() ? said.share() : 1;
    sum += part.share;
  }
  if (sum <= 0) return Wrong(0, "share: is 0, as all are; give one to some");
  for (Part& part : parts) part.share /= sum;
  return parts;
}

}  // namespace weir::simulate
