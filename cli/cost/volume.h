// How many tokens, as a command line says it.
#ifndef WEIR_CLI_COST_VOLUME_H_
#define WEIR_CLI_COST_VOLUME_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::cost {

struct Volume {
  std::uint64_t input = 0;
  std::uint64_t output = 0;

  friend bool operator==(const Volume&, const Volume&) = default;
};

// `10M`, `1.5k`, `2B`, `1000000`; at most a million billions. Pure.
std::optional<std::uint64_t> ParseTokens(std::string_view text);

// `tokens` in the ratio `1:3` of input to output; an empty ratio: all output.
// nullopt: not a ratio. Pure.
std::optional<Volume> Divide(std::uint64_t tokens, std::string_view ratio);

}  // namespace weir::cost

#endif  // WEIR_CLI_COST_VOLUME_H_
