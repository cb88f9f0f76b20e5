// What limits that hold for the whole fleet are called, on both planes.
#ifndef WEIR_COMMON_LIMIT_ID_H_
#define WEIR_COMMON_LIMIT_ID_H_

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

}  // namespace weir

#endif  // WEIR_COMMON_LIMIT_ID_H_
