// Where something stands in a JSON text, for people.
#ifndef WEIR_DATAPLANE_UNDERSTAND_JSON_PATH_H_
#define WEIR_DATAPLANE_UNDERSTAND_JSON_PATH_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::dataplane {

// The path of the value that begins at `offset`: `tools[0].function`. Of a long
// one the first steps, and `...`. Keys are as they stand in the text, cut where
// they are long. Pure.
//
// REQUIRES: `json` is well-formed up to there.
std::string PathAt(std::string_view json, std::size_t offset);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_UNDERSTAND_JSON_PATH_H_
