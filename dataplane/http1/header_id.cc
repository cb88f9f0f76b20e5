#include "dataplane/http1/header_id.h"

#include <cstddef>
#include <string_view>

#include "dataplane/http1/characters.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane::http1 {
namespace {

struct Known {
  std::string_view name;
  HeaderId id;
};

// In groups of one length, so that a lookup compares only a few.
constexpr Known kKnown[] = {
    {"te", HeaderId::kHopByHop},
    {"via", HeaderId::kForwarding},
    {"host", HeaderId::kHost},
    {"cookie", HeaderId::kCredential},
    {"expect", HeaderId::kExpect},
    {"server", HeaderId::kProviderOnly},
    {"alt-svc", HeaderId::kProviderOnly},
    {"api-key", HeaderId::kCredential},
    {"trailer", HeaderId::kHopByHop},
    {"upgrade", HeaderId::kHopByHop},
    {"forwarded", HeaderId::kForwarding},
    {"x-api-key", HeaderId::kApiKey},
    {"x-real-ip", HeaderId::kForwarding},
    {"connection", HeaderId::kConnection},
    {"keep-alive", HeaderId::kHopByHop},
    {"set-cookie", HeaderId::kProviderOnly},
    {"retry-after", HeaderId::kRetryAfter},
    {"content-type", HeaderId::kContentType},
    {"x-request-id", HeaderId::kRequestId},
    {"authorization", HeaderId::kAuthorization},
    {"content-length", HeaderId::kContentLength},
    {"http2-settings", HeaderId::kHopByHop},
    {"retry-after-ms", HeaderId::kRetryAfterMs},
    {"x-goog-api-key", HeaderId::kCredential},
    {"openai-project", HeaderId::kProviderOnly},
    {"accept-encoding", HeaderId::kAcceptEncoding},
    {"transfer-encoding", HeaderId::kTransferEncoding},
    {"openai-organization", HeaderId::kProviderOnly},
    {"strict-transport-security", HeaderId::kProviderOnly},
};

struct Prefix {
  std::string_view prefix;
  HeaderId id;
};

constexpr Prefix kPrefixes[] = {
    {"x-weir-", HeaderId::kWeir},
    {"proxy-", HeaderId::kHopByHop},
    {"x-forwarded-", HeaderId::kForwarding},
    {"x-gateway-", HeaderId::kForwarding},
    {"x-ratelimit-", HeaderId::kProviderOnly},
};

}  // namespace

HeaderId IdOfHeader(std::string_view name) {
  for (const Known& known : kKnown) {
    if (known.name.size() < name.size()) continue;
    if (known.name.size() > name.size()) break;
    if (EqualsIgnoringCase(name, known.name)) return known.id;
  }
  for (const Prefix& prefix : kPrefixes) {
    if (name.size() > prefix.prefix.size() &&
        EqualsIgnoringCase(name.substr(0, prefix.prefix.size()),
                           prefix.prefix)) {
      return prefix.id;
    }
  }
  return HeaderId::kOther;
}

}  // namespace weir::dataplane::http1
