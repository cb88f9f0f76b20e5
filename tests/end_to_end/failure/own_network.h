// The network that all failure scenarios run in.
#ifndef WEIR_TESTS_END_TO_END_FAILURE_OWN_NETWORK_H_
#define WEIR_TESTS_END_TO_END_FAILURE_OWN_NETWORK_H_

#include "absl/status/status.h"

namespace weir::testing {

// Whether this process has a network and mounts of its own, or why not: what
// drops packets or fills disks is skipped then.
const absl::Status& OwnNetwork();

// Of PostgreSQL by TCP: nobody else is in that network.
inline constexpr int kDatabasePort = 5432;

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_FAILURE_OWN_NETWORK_H_
