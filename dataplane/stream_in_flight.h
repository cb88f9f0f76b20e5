// Counts a stream for as long as it is relayed.
#ifndef WEIR_DATAPLANE_STREAM_IN_FLIGHT_H_
#define WEIR_DATAPLANE_STREAM_IN_FLIGHT_H_

#include <cstdint>

namespace weir::dataplane {

class StreamInFlight {
 public:
  // `gauge` outlives this.
  explicit StreamInFlight(std::uint32_t& gauge) : gauge_(gauge) { ++gauge_; }
  ~StreamInFlight() { --gauge_; }
  StreamInFlight(const StreamInFlight&) = delete;
  StreamInFlight& operator=(const StreamInFlight&) = delete;

 private:
  std::uint32_t& gauge_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_STREAM_IN_FLIGHT_H_
