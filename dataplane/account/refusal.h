// What a client is told when no provider's answer can be had; pure.
#ifndef WEIR_DATAPLANE_ACCOUNT_REFUSAL_H_
#define WEIR_DATAPLANE_ACCOUNT_REFUSAL_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/dialect/dialect.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/attempt/answer.h"

namespace weir::dataplane {

struct Refusal {
  OwnAnswer answer;
  // JSON, but where a provider said something else.
  std::string body;
  // For counters and the log.
  std::string code;
};

// Its body, where that is weir's own: a provider's may hold what the client had
// asked, and whatever else it likes. Good as long as `refusal`.
std::string_view WordsForLog(const Refusal& refusal);

// An error of weir's own, in the words of the API that the client speaks.
Refusal RefusalOf(const dialect::ApiError& error,
                  const dialect::Dialect& dialect);

// One that goes by itself after `retry_after`.
Refusal RefusalOf(const dialect::ApiError& error,
                  const dialect::Dialect& dialect, absl::Duration retry_after);

// From the last attempt: a provider's own error as it is, unless it speaks of
// our account there; otherwise a 502, 503 or 504 that says what happened and
// when to come again. `provider` is the last one's name.
Refusal RefusalOf(const NoAnswer& none, int attempts,
                  const std::string& provider, const dialect::Dialect& dialect,
                  absl::Time now);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ACCOUNT_REFUSAL_H_
