// A hash map by name that takes std::string_view for look-ups.
//
// absl::flat_hash_map<std::string, V> takes absl::string_view only, which in
// Debian's build is another type.
#ifndef WEIR_COMMON_STRING_MAP_H_
#define WEIR_COMMON_STRING_MAP_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace weir {

struct StringMapHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return absl::Hash<absl::string_view>()({text.data(), text.size()});
  }
};

template <typename Value>
using StringMap =
    absl::flat_hash_map<std::string, Value, StringMapHash, std::equal_to<>>;

}  // namespace weir

#endif  // WEIR_COMMON_STRING_MAP_H_
