// What a provider says that a request took, in OpenAI's dialect; pure.
#ifndef WEIR_DATAPLANE_RELAY_USAGE_SCAN_H_
#define WEIR_DATAPLANE_RELAY_USAGE_SCAN_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::dataplane {

// In tokens; absent where the provider did not say it.
struct Usage {
  std::optional<std::uint64_t> input;
  // The part of `input` that came from the provider's prompt cache.
  std::optional<std::uint64_t> cached_input;
  std::optional<std::uint64_t> output;

  friend bool operator==(const Usage&, const Usage&) = default;
};

struct UsageReading {
  Usage usage;
  // Counts that can't be true: no whole number, negative, above kMaxTokens,
  // more cached than there were. They are absent above.
  std::uint32_t unbelievable = 0;

  friend bool operator==(const UsageReading&, const UsageReading&) = default;
};

// Ten times the longest context that anybody offers.
inline constexpr std::uint64_t kMaxTokens = 100'000'000;

// Reads the last object named `usage` in `text`, the end of a JSON answer or of
// an event stream. Of chat and completions (`prompt_tokens`,
// `completion_tokens`, `prompt_tokens_details.cached_tokens`), of responses
// (`input_tokens` and so on), and DeepSeek's `prompt_cache_hit_tokens`. An
// object that is cut or malformed says nothing and counts as unbelievable.
UsageReading ReadUsage(std::string_view text);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_USAGE_SCAN_H_
