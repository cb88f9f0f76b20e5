// A name for one request.
#ifndef WEIR_DATAPLANE_ACCOUNT_REQUEST_ID_H_
#define WEIR_DATAPLANE_ACCOUNT_REQUEST_ID_H_

#include <cstdint>
#include <string>

#include "common/random.h"

namespace weir::dataplane {

// `req_` and 32 hexadecimal digits of chance: unique over all nodes without
// asking anybody.
inline std::string MakeRequestId(Random& random) {
  std::string id = "req_";
  id.reserve(36);
  for (int word = 0; word < 2; ++word) {
    std::uint64_t bits = random.Bits();
    for (int digit = 0; digit < 16; ++digit) {
      id += "0123456789abcdef"[bits & 15];
      bits >>= 4;
    }
  }
  return id;
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ACCOUNT_REQUEST_ID_H_
