// A batch of usage as it travels.
#ifndef WEIR_DATAPLANE_USAGE_ENCODED_BATCH_H_
#define WEIR_DATAPLANE_USAGE_ENCODED_BATCH_H_

#include <cstdint>
#include <string>

namespace weir::dataplane {

struct EncodedBatch {
  std::uint64_t boot_id = 0;
  std::uint64_t sequence = 0;
  // A serialized weir.routing.v1.UsageBatch with these two.
  std::string bytes;

  friend bool operator==(const EncodedBatch&, const EncodedBatch&) = default;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_USAGE_ENCODED_BATCH_H_
