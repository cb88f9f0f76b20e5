// Bytes that stand in two places.
#ifndef WEIR_DATAPLANE_RELAY_TWO_PIECES_H_
#define WEIR_DATAPLANE_RELAY_TWO_PIECES_H_

#include <string_view>

namespace weir::dataplane {

struct TwoPieces {
  std::string_view begin;
  std::string_view end = {};
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_TWO_PIECES_H_
