// How the tables of usage keep times: in whole seconds since 1970.
#ifndef WEIR_CONTROLPLANE_STORE_SQL_TIME_H_
#define WEIR_CONTROLPLANE_STORE_SQL_TIME_H_

#include <cstdint>

#include "absl/time/time.h"

namespace weir::controlplane {

inline std::uint64_t SecondsOf(absl::Time time) {
  return static_cast<std::uint64_t>(absl::ToUnixSeconds(time));
}

inline absl::Time TimeOf(std::uint64_t seconds) {
  return absl::FromUnixSeconds(static_cast<std::int64_t>(seconds));
}

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_STORE_SQL_TIME_H_
