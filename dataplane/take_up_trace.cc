#include "dataplane/take_up_trace.h"

#include <optional>

#include "common/random.h"
#include "dataplane/account/account.h"
#include "dataplane/http1/head.h"
#include "dataplane/trace/trace_log.h"
#include "dataplane/trace_context.h"

namespace weir::dataplane {

std::optional<TraceContext> TakeUpTrace(const http1::RequestHead* head,
                                        const TraceLog* traces, Random& random,
                                        Account& account) {
  const http1::Header* const parent =
      head == nullptr ? nullptr : head->Find(http1::HeaderId::kTraceParent);
  if (parent != nullptr) {
    auto trace = TraceContext::Continue(parent->value, random);
    if (trace.has_value()) return trace;
    account.OnIgnoredHeader("traceparent");
  }
  if (traces == nullptr) return std::nullopt;
  return traces->Begin(random);
}

}  // namespace weir::dataplane
