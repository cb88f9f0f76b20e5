// Names that must not be mistaken for each other.
#ifndef WEIR_COMMON_IDS_H_
#define WEIR_COMMON_IDS_H_

#include <compare>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

// A string with a meaning: one Id can't be passed where another is meant.
template <typename Tag>
struct Id {
  std::string value;

  friend auto operator<=>(const Id&, const Id&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const Id& id) {
    return H::combine(std::move(state), id.value);
  }
};

using NodeId = Id<struct NodeTag>;
using ClientKeyId = Id<struct ClientKeyTag>;

// What health is known of: one upstream model at one provider. Models whose
// targets name the same pair share it. The value is PROVIDER/UPSTREAM_MODEL;
// a provider's name holds no slash, so the first one divides.
using TargetId = Id<struct TargetTag>;

inline TargetId MakeTargetId(std::string_view provider,
                             std::string_view upstream_model) {
  std::string value(provider);
  value += '/';
  value += upstream_model;
  return TargetId{std::move(value)};
}

}  // namespace weir

#endif  // WEIR_COMMON_IDS_H_
