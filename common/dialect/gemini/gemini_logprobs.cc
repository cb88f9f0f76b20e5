#include "common/dialect/gemini/gemini_logprobs.h"

#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "common/dialect/canonical/json_members.h"
#include "common/dialect/canonical/logprobs.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {
namespace {

namespace dom = simdjson::dom;

using canonical::ArrayAt;
using canonical::LikelyToken;
using canonical::Logprobs;

LikelyToken TokenOf(const dom::element& element) {
  dom::object object;
  if (element.get(object)) return {};
  const std::string_view token = canonical::StringAt(object, "token");
  return {
      .token = std::string(token),
      .bytes = std::string(token),
      .logprob =
          canonical::MemberAs<double>(object, "logProbability").value_or(0)};
}

void WriteToken(const LikelyToken& token, JsonWriter& json) {
  json.BeginObject().Key("token").String(token.token);
  json.Key("logProbability").Decimal(token.logprob).EndObject();
}

bool HasAlternatives(const Logprobs& logprobs) {
  return std::any_of(logprobs.begin(), logprobs.end(),
                     [](const canonical::ChosenToken& token) {
                       return !token.likeliest.empty();
                     });
}

void WriteTop(std::span<const Logprobs* const> logprobs, JsonWriter& json) {
  json.Key("topCandidates").BeginArray();
  for (const Logprobs* some : logprobs) {
    for (const canonical::ChosenToken& token : *some) {
      json.BeginObject().Key("candidates").BeginArray();
      for (const LikelyToken& likely : token.likeliest) {
        WriteToken(likely, json);
      }
      json.EndArray().EndObject();
    }
  }
  json.EndArray();
}

}  // namespace

// One list says which tokens were chosen, another which were likely, step by
// step.
Logprobs ReadLogprobsResult(const dom::object& result) {
  Logprobs logprobs;
  if (const auto chosen = ArrayAt(result, "chosenCandidates")) {
    for (const dom::element element : *chosen) {
      logprobs.push_back({.chosen = TokenOf(element)});
    }
  }
  const auto top = ArrayAt(result, "topCandidates");
  if (!top.has_value()) return logprobs;
  std::size_t step = 0;
  for (const dom::element element : *top) {
    if (step == logprobs.size()) break;
    dom::object object;
    if (!element.get(object)) {
      if (const auto candidates = ArrayAt(object, "candidates")) {
        for (const dom::element likely : *candidates) {
          logprobs[step].likeliest.push_back(TokenOf(likely));
        }
      }
    }
    ++step;
  }
  return logprobs;
}

void AppendLogprobsResult(std::span<const Logprobs* const> logprobs,
                          std::string& out) {
  if (logprobs.empty()) return;
  out += R"(,"logprobsResult":)";
  JsonWriter json(out);
  json.BeginObject().Key("chosenCandidates").BeginArray();
  for (const Logprobs* some : logprobs) {
    for (const canonical::ChosenToken& token : *some) {
      WriteToken(token.chosen, json);
    }
  }
  json.EndArray();
  const bool has_alternatives =
      std::any_of(logprobs.begin(), logprobs.end(),
                  [](const Logprobs* some) { return HasAlternatives(*some); });
  if (has_alternatives) WriteTop(logprobs, json);
  json.EndObject();
}

void MeanLogprob::Add(const Logprobs& logprobs) {
  for (const canonical::ChosenToken& token : logprobs) {
    sum_ += token.chosen.logprob;
  }
  tokens_ += logprobs.size();
}

void MeanLogprob::AppendTo(std::string& out) const {
  if (tokens_ == 0) return;
  out += R"(,"avgLogprobs":)";
  JsonWriter(out).Decimal(sum_ / static_cast<double>(tokens_));
}

}  // namespace weir::dialect
