// The plan to reach a URL that is nobody's provider.
#ifndef WEIR_COMMON_NET_PLAN_DIAL_H_
#define WEIR_COMMON_NET_PLAN_DIAL_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/net/dial_plan.h"
#include "common/net/forward_proxy.h"
#include "common/net/url.h"

namespace weir::net {

// https is verified by the authorities of `ca_file` (PEM), or by the system's
// when it is empty, and follows the environment's proxy. FAILED_PRECONDITION:
// the file can't be used. INVALID_ARGUMENT: the environment's proxy can't.
absl::StatusOr<DialPlan> PlanDial(const Url& url, const std::string& ca_file,
                                  const Environment& environment);

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_PLAN_DIAL_H_
