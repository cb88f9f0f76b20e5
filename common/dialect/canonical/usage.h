// What a request took, in a form that every dialect's counts can be put in.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_USAGE_H_
#define WEIR_COMMON_DIALECT_CANONICAL_USAGE_H_

#include <cstdint>
#include <optional>

namespace weir::dialect::canonical {

// Absent where the provider did not say.
using Tokens = std::optional<std::uint32_t>;

// Ten times the longest context that anybody offers.
inline constexpr std::uint32_t kMaxTokens = 100'000'000;

// Where counts come from.
enum class Provenance : std::uint8_t {
  kReported,   // The provider's, of all it did.
  kEstimated,  // weir's own guess.
  kPartial,    // The provider's, of an answer that broke off.
  kCancelled,  // The same, of an answer that its client did not wait for.
};

// Every token is counted once: the parts are disjoint, whatever the provider's
// API includes in what.
struct Usage {
  // Text that went in and that no cache had.
  Tokens fresh_input = {};
  // From the provider's prompt cache.
  Tokens cache_read = {};
  // Into it, for five minutes and for an hour.
  Tokens cache_write_5m = {};
  Tokens cache_write_1h = {};
  Tokens audio_input = {};
  Tokens image_input = {};
  // Text that came out.
  Tokens output = {};
  Tokens reasoning = {};
  Tokens audio_output = {};
  Tokens image_output = {};
  Provenance provenance = Provenance::kReported;

  friend bool operator==(const Usage&, const Usage&) = default;
};

namespace usage_internal {

// Of what there is. Without branches: a request asks a dozen times.
template <typename... Parts>
Tokens Sum(const Parts&... parts) {
  const bool known = (static_cast<int>(parts.has_value()) | ...) != 0;
  const std::uint32_t sum = (parts.value_or(0) + ...);
  return known ? Tokens(sum) : Tokens();
}

}  // namespace usage_internal

// All that went in, and all that came out; absent where nothing is known of it.
inline Tokens InputOf(const Usage& usage) {
  return usage_internal::Sum(usage.fresh_input, usage.cache_read,
                             usage.cache_write_5m, usage.cache_write_1h,
                             usage.audio_input, usage.image_input);
}
inline Tokens OutputOf(const Usage& usage) {
  return usage_internal::Sum(usage.output, usage.reasoning, usage.audio_output,
                             usage.image_output);
}
inline Tokens CacheWriteOf(const Usage& usage) {
  return usage_internal::Sum(usage.cache_write_5m, usage.cache_write_1h);
}

// Takes over what `later` says: the counts of a stream are those of all that
// came before.
inline void Overlay(const Usage& later, Usage& usage) {
  for (const auto part :
       {&Usage::fresh_input, &Usage::cache_read, &Usage::cache_write_5m,
        &Usage::cache_write_1h, &Usage::audio_input, &Usage::image_input,
        &Usage::output, &Usage::reasoning, &Usage::audio_output,
        &Usage::image_output}) {
    if ((later.*part).has_value()) usage.*part = later.*part;
  }
}

struct UsageReading {
  Usage usage;
  // Counts that can't be true: no whole number, negative, above kMaxTokens, a
  // part that is larger than its whole. They are absent above.
  std::uint32_t unbelievable = 0;

  friend bool operator==(const UsageReading&, const UsageReading&) = default;
};

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_USAGE_H_
