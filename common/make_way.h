// Threads that run first, and threads that let them.
#ifndef WEIR_COMMON_MAKE_WAY_H_
#define WEIR_COMMON_MAKE_WAY_H_

#include "absl/status/status.h"

namespace weir {

// Each says why not where the system does not allow it: then threads are all
// alike, as without. What a thread is, those that it begins are.

// From now on the calling thread does not take the core from one that runs, and
// where others want all of it, gets a quarter: it is slower, and not starved.
absl::Status MakeWay();

// From now on the calling thread wants the core for moments: it gets it as soon
// as it wakes, as far as its share allows. Linux 6.12 and later; a thread is
// otherwise left alone there until its slice of some milliseconds is over.
absl::Status TakeShortTurns();

}  // namespace weir

#endif  // WEIR_COMMON_MAKE_WAY_H_
