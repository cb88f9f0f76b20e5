#include "common/net/plan_dial.h"

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/net/tls.h"

namespace weir::net {

absl::StatusOr<DialPlan> PlanDial(const Url& url, const std::string& ca_file,
                                  const Environment& environment) {
  DialPlan dial;
  dial.url = url;
  if (url.scheme == Scheme::kHttps) {
    dial.tls_server_name = url.host;
    auto context = MakeClientContext(ca_file);
    if (!context.ok()) return context.status();
    dial.tls_context = *std::move(context);
  }
  auto proxy = ChooseProxy(url, "", environment);
  if (!proxy.ok()) return proxy.status();
  dial.proxy = *std::move(proxy);
  return dial;
}

}  // namespace weir::net
