// "Did you mean": the known word that is most like a mistyped one.
#ifndef WEIR_COMMON_CONFIG_NEAREST_H_
#define WEIR_COMMON_CONFIG_NEAREST_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::config {

// The candidate that takes the fewest edits to get from `word`, when these are
// few for its length; letters that differ in case only and `_` against `-`
// count nothing. The first of equals. Bounded: looks at 2000 candidates.
std::optional<std::string> Nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

// What to write instead of `word`: `did you mean "X"?`, or, where nothing is
// near, `known NOUN: a, b, c`, or that there are none.
std::string Suggest(std::string_view word, std::string_view noun,
                    const std::vector<std::string>& candidates);

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_NEAREST_H_
