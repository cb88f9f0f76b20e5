// A latency sketch as a few bytes.
#ifndef WEIR_CONTROLPLANE_STORE_SKETCH_BYTES_H_
#define WEIR_CONTROLPLANE_STORE_SKETCH_BYTES_H_

#include <string>
#include <string_view>

#include "common/latency_sketch.h"

namespace weir::controlplane {

// For each bucket that is not empty: its index, a byte, and its count, seven
// bits a byte, the lowest first, the top bit set on all but the last.
std::string SketchBytes(const LatencySketch& sketch);

// As far as the bytes make sense: somebody may have edited them.
LatencySketch SketchOf(std::string_view bytes);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_SKETCH_BYTES_H_
