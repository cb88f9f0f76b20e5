#include "dataplane/http1/header_id.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string_view>
#include <type_traits>

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
    {"traceparent", HeaderId::kTraceParent},
    {"content-type", HeaderId::kContentType},
    {"x-request-id", HeaderId::kRequestId},
    {"authorization", HeaderId::kAuthorization},
    {"content-length", HeaderId::kContentLength},
    {"http2-settings", HeaderId::kHopByHop},
    {"retry-after-ms", HeaderId::kRetryAfterMs},
    {"x-goog-api-key", HeaderId::kGoogApiKey},
    {"openai-project", HeaderId::kProviderOnly},
    {"accept-encoding", HeaderId::kAcceptEncoding},
    {"anthropic-version", HeaderId::kAnthropicVersion},
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
    {"x-ratelimit-", HeaderId::kAccountLimit},
    // Of a subscription that the client's own user pays: Claude Code shows it.
    {"anthropic-ratelimit-unified-", HeaderId::kOther},
    {"anthropic-ratelimit-", HeaderId::kAccountLimit},
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

// Eight characters at once: those from A to Z get their bit 0x20.
constexpr std::uint64_t Lower8(std::uint64_t text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  const std::uint64_t low = text & (kOnes * 0x7f);
  const std::uint64_t above_z = low + kOnes * (0x7f - 'Z');
  const std::uint64_t from_a = low + kOnes * (0x80 - 'A');
  const std::uint64_t upper = (from_a ^ above_z) & ~text & (kOnes * 0x80);
  return text | (upper >> 2);
}

// So many bytes in lower case, as a number.
template <std::size_t kBytes>
constexpr std::uint64_t LoadLower(const char* bytes) {
  std::uint64_t loaded = 0;
  if (std::is_constant_evaluated()) {
    for (std::size_t i = 0; i < kBytes; ++i) {
      loaded |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (i * 8);
    }
  } else {
    std::memcpy(&loaded, bytes, kBytes);
  }
  return Lower8(loaded);
}
static_assert(std::endian::native == std::endian::little);

// Numbers that are equal for names of one length that differ in nothing but
// their case: all of a name up to 32 bytes, what is in the middle twice.
using Folded = std::array<std::uint64_t, 4>;
static_assert(kLongestName <= sizeof(Folded));

constexpr Folded Fold(std::string_view name) {
  const char* const begin = name.data();
  const char* const end = begin + name.size();
  if (name.size() >= 16) {
    return {LoadLower<8>(begin), LoadLower<8>(begin + 8),
            LoadLower<8>(end - 16), LoadLower<8>(end - 8)};
  }
  if (name.size() >= 8) return {LoadLower<8>(begin), LoadLower<8>(end - 8)};
  if (name.size() >= 4) return {LoadLower<4>(begin), LoadLower<4>(end - 4)};
  if (name.size() >= 2) return {LoadLower<2>(begin), LoadLower<2>(end - 2)};
  return {name.empty() ? 0 : LoadLower<1>(begin)};
}

constexpr auto kFolded = [] {
  std::array<Folded, std::size(kKnown)> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = Fold(kKnown[i].name);
  return all;
}();

// `first` is the name's first character in lower case.
HeaderId IdByPrefix(std::string_view name, char first) {
  for (const Prefix& prefix : kPrefixes) {
    if (first == prefix.prefix.front() &&
        StartsWithIgnoringCase(name, prefix.prefix) &&
        name.size() > prefix.prefix.size()) {
      return prefix.id;
    }
  }
  return HeaderId::kOther;
}

}  // namespace

HeaderId IdOfHeader(std::string_view name) {
  const Folded folded = Fold(name);
  // Names of one length stand together; most lengths have one or two.
  const std::size_t size = std::min(name.size(), kGroupEnds.size() - 1);
  const std::size_t begin = size == 0 ? 0 : kGroupEnds[size - 1];
  for (std::size_t i = begin; i < kGroupEnds[size]; ++i) {
    if (folded == kFolded[i]) return kKnown[i].id;
  }
  const char first = static_cast<char>(folded[0] & 0xff);
  return IdByPrefix(name, first);
}

}  // namespace weir::dataplane::http1
