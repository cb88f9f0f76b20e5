// Which trace a request is part of.
#ifndef WEIR_DATAPLANE_TAKE_UP_TRACE_H_
#define WEIR_DATAPLANE_TAKE_UP_TRACE_H_

#include <optional>

#include "common/random.h"
#include "dataplane/account/account.h"
#include "dataplane/http1/head.h"
#include "dataplane/trace/trace_log.h"
#include "dataplane/trace_context.h"

namespace weir::dataplane {

// The client's, or else one that begins here where traces are kept. `head` is
// null where it could not be read, `traces` where none are kept. A header that
// makes no sense is counted.
inline std::optional<TraceContext> TakeUpTrace(const http1::RequestHead* head,
                                               const TraceLog* traces,
                                               Random& random,
                                               Account& account) {
  const http1::Header* const parent =
      head == nullptr ? nullptr : head->Find(http1::HeaderId::kTraceParent);
  if (parent != nullptr) {
    auto trace = TraceContext::Continue(parent->value(), random);
    if (trace.has_value()) return trace;
    account.OnIgnoredHeader("traceparent");
  }
  if (traces == nullptr) return std::nullopt;
  return traces->Begin(random);
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_TAKE_UP_TRACE_H_
