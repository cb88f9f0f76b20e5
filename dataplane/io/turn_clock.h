// A worker's clock.
#ifndef WEIR_DATAPLANE_IO_TURN_CLOCK_H_
#define WEIR_DATAPLANE_IO_TURN_CLOCK_H_

#include <cstdint>

#include "absl/time/time.h"
#include "common/clock.h"
#include "dataplane/io/reactor.h"

namespace weir::dataplane::io {

// Another clock, whose hands of the last tick are read once for all that a turn
// of the reactor tells: a request asks for them eight times. They may be late
// by as long as the turn takes, besides; between two turns they are the
// other's.
//
// Thread safety: unlike Clock, for the loop's thread alone.
class TurnClock final : public Clock {
 public:
  // Both outlive this.
  TurnClock(const Reactor& reactor, const Clock& clock)
      : reactor_(reactor), clock_(clock) {}

  absl::Time Now() const override { return clock_.Now(); }
  absl::Time RoughNow() const override {
    return rough_.At(reactor_.turn(), [this] { return clock_.RoughNow(); });
  }
  absl::Time WallNow() const override {
    return wall_.At(reactor_.turn(), [this] { return clock_.WallNow(); });
  }

 private:
  struct Hand {
    // `turn`'s, where one is under way.
    template <typename Read>
    absl::Time At(std::uint64_t turn, Read read) {
      if (turn == Reactor::kNoTurn) return read();
      if (turn != read_in) {
        read_in = turn;
        time = read();
      }
      return time;
    }

    std::uint64_t read_in = Reactor::kNoTurn;
    absl::Time time;
  };

  const Reactor& reactor_;
  const Clock& clock_;
  mutable Hand rough_;
  mutable Hand wall_;
};

}  // namespace weir::dataplane::io

#endif  // WEIR_DATAPLANE_IO_TURN_CLOCK_H_
