// JSON by appending, without a tree.
#ifndef WEIR_BENCH_TEXT_JSON_TEXT_H_
#define WEIR_BENCH_TEXT_JSON_TEXT_H_

#include <string>
#include <string_view>

namespace weir::text {

// `text` as it stands between the quotes of a JSON string. A byte that is no
// UTF-8 becomes U+FFFD, so that the outcome is JSON whatever a peer sent.
std::string JsonEscape(std::string_view text);

// With the quotes.
std::string JsonString(std::string_view text);

}  // namespace weir::text

#endif  // WEIR_BENCH_TEXT_JSON_TEXT_H_
