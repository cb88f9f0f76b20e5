// Which images an API takes.
#ifndef WEIR_COMMON_DIALECT_CANONICAL_IMAGE_TYPE_H_
#define WEIR_COMMON_DIALECT_CANONICAL_IMAGE_TYPE_H_

#include <algorithm>
#include <span>
#include <string_view>

#include "common/dialect/canonical/request.h"

namespace weir::dialect::canonical {

// `image/jpg`, which many say and IANA does not know, is `image/jpeg`.
inline std::string_view TypeOf(const Media& media) {
  return media.media_type == "image/jpg" ? "image/jpeg" : media.media_type;
}

// Whether it is an image whose bytes are here and of none of `types`. What an
// address leads to, nobody knows here.
inline bool IsOtherImage(const Media& media,
                         std::span<const std::string_view> types) {
  return media.kind == MediaKind::kImage && media.url.empty() &&
         std::find(types.begin(), types.end(), TypeOf(media)) == types.end();
}

}  // namespace weir::dialect::canonical

#endif  // WEIR_COMMON_DIALECT_CANONICAL_IMAGE_TYPE_H_
