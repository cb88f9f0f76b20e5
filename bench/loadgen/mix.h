// Values of the load generator's flags.
#ifndef WEIR_BENCH_LOADGEN_MIX_H_
#define WEIR_BENCH_LOADGEN_MIX_H_

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"

namespace weir::bench {

// A positive number; nullopt for anything else.
std::optional<double> ParseRate(std::string_view text);

// The share of streams in `json=0.7,sse=0.3`; what is named may be one of the
// two, and shares need not sum to 1. INVALID_ARGUMENT names the wrong part.
absl::StatusOr<double> SseShare(std::string_view mix);

}  // namespace weir::bench

#endif  // WEIR_BENCH_LOADGEN_MIX_H_
