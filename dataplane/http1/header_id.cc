#include "dataplane/http1/header_id.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>

#include "dataplane/http1/characters.h"
#include "dataplane/http1/head.h"

namespace weir::dataplane::http1 {
namespace {

struct Known {
  std::string_view name;
  HeaderId id;
};

// By length.
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
    {"anthropic-ratelimit-", HeaderId::kProviderOnly},
};

constexpr std::size_t kLongestName = std::end(kKnown)[-1].name.size();

// Where in kKnown the names of each length end; one longer for all beyond.
constexpr auto kGroupEnds = [] {
  std::array<std::size_t, kLongestName + 2> ends{};
  for (std::size_t size = 0; size < ends.size(); ++size) {
    while (ends[size] < std::size(kKnown) &&
           kKnown[ends[size]].name.size() <= size) {
      ++ends[size];
    }
  }
  return ends;
}();

}  // namespace

HeaderId IdOfHeader(std::string_view name) {
  // Names of one length stand together; most lengths have one or two.
  const std::size_t size = std::min(name.size(), kGroupEnds.size() - 1);
  const std::size_t begin = size == 0 ? 0 : kGroupEnds[size - 1];
  for (std::size_t i = begin; i < kGroupEnds[size]; ++i) {
    if (EqualsIgnoringCase(name, kKnown[i].name)) return kKnown[i].id;
  }
  const char first = name.empty() ? '\0' : Lower(name.front());
  if (first != 'x' && first != 'p' && first != 'a') return HeaderId::kOther;
  for (const Prefix& prefix : kPrefixes) {
    if (StartsWithIgnoringCase(name, prefix.prefix) &&
        name.size() > prefix.prefix.size()) {
      return prefix.id;
    }
  }
  return HeaderId::kOther;
}

}  // namespace weir::dataplane::http1
