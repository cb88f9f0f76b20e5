// One request, as the access log tells it.
#ifndef WEIR_DATAPLANE_ACCESS_ACCESS_RECORD_H_
#define WEIR_DATAPLANE_ACCESS_ACCESS_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/dialect/canonical/usage.h"
#include "dataplane/request_id.h"
#include "dataplane/trace_context.h"

namespace weir::dataplane {

// Names are those of resources and of weir itself: nothing here is a secret, or
// what a client wrote, but for the trace id, which is digits.
struct AccessRecord {
  // When its head was there, on the wall clock.
  absl::Time at;
  RequestId id;
  std::string client_key;
  // That the client asked for.
  std::string model;
  // That answered, or failed last.
  std::string provider;
  // weir's own, or what broke an answer.
  std::string error_code;
  // 0 where the client left before it had any.
  int status = 0;
  int attempts = 0;
  bool is_stream = false;
  // Of the answer; absent where there was none.
  std::optional<dialect::canonical::Usage> usage;
  // US dollars; absent where it is not known.
  std::optional<double> cost;
  // To the end of the answer, and what weir itself took to its first byte.
  absl::Duration took;
  absl::Duration overhead;
  std::uint64_t received_bytes = 0;
  std::uint64_t sent_bytes = 0;
  std::optional<TraceContext> trace;

  // Something went wrong, whoever is to blame.
  bool failed() const {
    return status == 0 || status >= 400 || !error_code.empty();
  }
};

// Appends the record as JSON and a line's end; what is not known is left out.
void AppendJsonLine(const AccessRecord& record, std::string& out);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ACCESS_ACCESS_RECORD_H_
