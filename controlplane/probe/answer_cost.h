// What a chat probe cost.
#ifndef WEIR_CONTROLPLANE_PROBE_ANSWER_COST_H_
#define WEIR_CONTROLPLANE_PROBE_ANSWER_COST_H_

#include <cstdint>
#include <string_view>

#include "common/config/price.h"

namespace weir::controlplane {

struct ProbeTokens {
  // What a probe's few words and one token of an answer come to where the
  // provider does not say.
  std::uint64_t input = 20;
  std::uint64_t output = 1;

  friend bool operator==(const ProbeTokens&, const ProbeTokens&) = default;
};

// The tokens that an answer says it took: `usage` of OpenAI's or Anthropic's
// API, `usageMetadata` of Gemini's. Counts that are missing, or beyond a
// million, which no probe takes, are the assumed ones. Pure.
ProbeTokens TokensOf(std::string_view body);

// In US dollars. Pure.
double CostOf(const ProbeTokens& tokens, const config::Price& price);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PROBE_ANSWER_COST_H_
