// The moment at which an answer is the client's.
#ifndef WEIR_DATAPLANE_COMMITMENT_H_
#define WEIR_DATAPLANE_COMMITMENT_H_

#include <memory>

#include "absl/time/time.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/io/recycled.h"
#include "dataplane/usage/usage_book.h"

namespace weir::dataplane {

// What a whole answer was found to be before the client had any of it.
struct Judged : io::Recycled {
  AttemptEnd end;
  Settlement settlement;
};

// An answer that is about to go out, its head written.
struct Commitment {
  AnswerFraming framing;
  AfterAnswer after;
  // Until now, from the request on.
  absl::Duration latency;
  // Null: the answer's end will tell.
  std::unique_ptr<Judged> judged;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_COMMITMENT_H_
