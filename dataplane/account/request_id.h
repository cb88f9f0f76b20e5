// A name for one request.
#ifndef WEIR_DATAPLANE_ACCOUNT_REQUEST_ID_H_
#define WEIR_DATAPLANE_ACCOUNT_REQUEST_ID_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "common/random.h"

namespace weir::dataplane {

// `req_` and 32 hexadecimal digits of chance: unique over all nodes without
// asking anybody.
inline std::string MakeRequestId(Random& random) {
  constexpr std::string_view kPrefix = "req_";
  std::string id(kPrefix.size() + 32, '_');
  id.replace(0, kPrefix.size(), kPrefix);
  char* digit = id.data() + kPrefix.size();
  for (int word = 0; word < 2; ++word) {
    std::uint64_t bits = random.Bits();
    for (int i = 0; i < 16; ++i, bits >>= 4) {
      *digit++ = "0123456789abcdef"[bits & 15];
    }
  }
  return id;
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ACCOUNT_REQUEST_ID_H_
