// What limits that hold for the whole fleet are called, on both planes.
#ifndef WEIR_COMMON_LIMIT_ID_H_
#define WEIR_COMMON_LIMIT_ID_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "common/concat.h"

namespace weir {

// What is counted.
enum class LimitKind { kRequests, kTokens, kConcurrent };

inline std::string_view TextOf(LimitKind kind) {
  switch (kind) {
    case LimitKind::kRequests:
      return "rpm";
    case LimitKind::kTokens:
      return "tpm";
    case LimitKind::kConcurrent:
      return "concurrent";
  }
  return "rpm";
}

// Of a client key, a provider, and one of its upstream models; names of keys
// and providers have no slashes.
inline std::string KeyLimitId(std::string_view key, LimitKind kind) {
  return Concat("key/", key, "/", TextOf(kind));
}
inline std::string ProviderLimitId(std::string_view provider, LimitKind kind) {
  return Concat("provider/", provider, "/", TextOf(kind));
}
inline std::string TargetLimitId(std::string_view provider,
                                 std::string_view upstream_model,
                                 LimitKind kind) {
  return Concat("target/", provider, "/", upstream_model, "/", TextOf(kind));
}

// Whether a limit is so small that nodes ask for each request instead of
// working with shares of it: an even part is less than one request in the ten
// seconds for which a lease holds (less than six a minute), or less than one
// place among those in flight. Of keys only: a target without room is routed
// around, and what a request takes of tokens is not known before its end.
inline bool IsAskedFor(std::string_view limit, LimitKind kind,
                       std::uint64_t capacity, std::uint32_t nodes) {
  if (nodes < 2 || !limit.starts_with("key/")) return false;
  switch (kind) {
    case LimitKind::kRequests:
      return capacity < std::uint64_t{6} * nodes;
    case LimitKind::kConcurrent:
      return capacity < nodes;
    case LimitKind::kTokens:
      return false;
  }
  return false;
}

}  // namespace weir

#endif  // WEIR_COMMON_LIMIT_ID_H_
