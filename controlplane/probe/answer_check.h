// A provider's answer to a probe, judged.
#ifndef WEIR_CONTROLPLANE_PROBE_ANSWER_CHECK_H_
#define WEIR_CONTROLPLANE_PROBE_ANSWER_CHECK_H_

#include <string_view>

#include "absl/status/status.h"
#include "common/dialect/dialect.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::controlplane {

// OK when the answer is what `kind` asked for: a success by its status and by
// its shape, since relays say 200 to all sorts of things. Else the code says
// whose fault it is, as ProbeResult has it, and the message is short: `HTTP
// 500`, `credential refused (HTTP 401)`, `answer is not a chat completion`.
// Nothing of the body is quoted. Pure. REQUIRES: `kind` is chat or models.
absl::Status CheckAnswer(config::v1::ProbeKind kind,
                         const dialect::Dialect& dialect, int status,
                         std::string_view body);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PROBE_ANSWER_CHECK_H_
