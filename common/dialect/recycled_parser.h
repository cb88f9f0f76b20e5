// A JSON parser for one text, or for one stream of small ones.
#ifndef WEIR_COMMON_DIALECT_RECYCLED_PARSER_H_
#define WEIR_COMMON_DIALECT_RECYCLED_PARSER_H_

#include <simdjson.h>

#include <memory>

namespace weir::dialect {

// Takes over the memory of one that ended on the same thread, as long as that
// did not grow large: to allocate what a parser needs takes longer than to
// parse a small text. Not thread-safe; may end on another thread than it began
// on.
class RecycledParser {
 public:
  RecycledParser();
  ~RecycledParser();
  RecycledParser(const RecycledParser&) = delete;
  RecycledParser& operator=(const RecycledParser&) = delete;

  simdjson::dom::parser& operator*() { return *parser_; }
  simdjson::dom::parser* operator->() { return parser_.get(); }

 private:
  std::unique_ptr<simdjson::dom::parser> parser_;
};

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_RECYCLED_PARSER_H_
