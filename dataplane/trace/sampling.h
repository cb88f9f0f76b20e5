// Which of the traces that begin here are kept; pure.
#ifndef WEIR_DATAPLANE_TRACE_SAMPLING_H_
#define WEIR_DATAPLANE_TRACE_SAMPLING_H_

#include <cstdint>

#include "dataplane/trace_context.h"

namespace weir::dataplane {

// By the trace's id alone, so that whoever samples by the same rule keeps the
// same traces: the last 56 bits are its chance (W3C Trace Context, level 2,
// section 2.3.1), and the upper `share` of the values are kept (OpenTelemetry,
// "TraceState: Probability Sampling"). `low`: the last 8 bytes of the id;
// `share`: 0 to 1.
inline Sampled SampleByShare(std::uint64_t low, double share) {
  constexpr double kValues = 0x1.0p56;
  const auto refused = static_cast<std::uint64_t>((1 - share) * kValues);
  const std::uint64_t chance = low & 0x00ff'ffff'ffff'ffff;
  return chance >= refused ? Sampled::kYes : Sampled::kNo;
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_TRACE_SAMPLING_H_
