// Where the tokens of a JSON text stand.
#ifndef WEIR_DATAPLANE_UNDERSTAND_JSON_STRUCTURE_H_
#define WEIR_DATAPLANE_UNDERSTAND_JSON_STRUCTURE_H_

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <variant>

namespace weir::dataplane {

// simdjson's first stage alone: checks UTF-8, finds strings and the begin of
// every token, at several GB/s, with the best instructions of the machine that
// it runs on. (Its on-demand interface would be bound to those of the machine
// that it was compiled for.)
//
// Keeps its memory, four bytes for each of the largest text. Not thread-safe.
class JsonStructure {
 public:
  // Offsets of `{`, `}`, `[`, `]`, `:`, `,` outside strings and of the first
  // byte of every string, number and literal, in order. Good until the next
  // call. The error where the text is not UTF-8, has an open string or a
  // control character in one, or is blank.
  using Tokens = std::span<const std::uint32_t>;
  std::variant<Tokens, simdjson::error_code> Find(std::string_view text);

 private:
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_UNDERSTAND_JSON_STRUCTURE_H_
