#include "dataplane/attempt/answer.h"

#include <cstddef>
#include <string_view>

#include "dataplane/attempt/outcome.h"
#include "dataplane/http1/characters.h"
#include "dataplane/http1/head.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

bool IsEventStream(const http1::ResponseHead& head) {
  const http1::Header* type = head.Find(http1::HeaderId::kContentType);
  if (type == nullptr ||
      !http1::StartsWithIgnoringCase(type->value(), "text/event-stream")) {
    return false;
  }
  // A provider that compresses though it was asked not to: opaque bytes.
  for (std::size_t i = 0; i < head.header_count; ++i) {
    if (http1::EqualsIgnoringCase(head.headers[i].name(), "content-encoding")) {
      return false;
    }
  }
  return head.status == 200;
}

Asked AskedFor(const Request& request, const Answer& answer,
               const LiveState::View& live) {
  const Candidate& candidate = answer.candidate;
  const ProviderEntry& provider =
      ConfigOf(request).providers[candidate.provider];
  ProviderLive& provider_live = *live.providers[candidate.provider];
  return {candidate.target.has_value() ? *live.targets[*candidate.target]
                                       : provider_live.direct,
          provider_live, provider.credentials[answer.credential].position};
}

std::string_view SecretToHide(const Answer& answer,
                              const ProviderEntry& provider) {
  if (answer.exchange->head().status < 400) return {};
  return provider.credentials[answer.credential].secret.Reveal();
}

}  // namespace weir::dataplane
