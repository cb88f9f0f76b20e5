// The heads of one connection's answers, which are nearly always alike.
#ifndef WEIR_DATAPLANE_HTTP1_REPEATED_RESPONSE_HEAD_H_
#define WEIR_DATAPLANE_HTTP1_REPEATED_RESPONSE_HEAD_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "dataplane/http1/head.h"

namespace weir::dataplane::http1 {

// A provider's answers say the same in the same order but for some values: an
// identifier, a length, what is left of a limit. Such a head is compared with
// the last one, and only the values that differ are read; what is accepted is
// what ParseResponseHead() accepts.
//
// Not thread-safe.
class RepeatedResponseHead {
 public:
  RepeatedResponseHead() = default;
  RepeatedResponseHead(const RepeatedResponseHead&) = delete;
  RepeatedResponseHead& operator=(const RepeatedResponseHead&) = delete;

  // As ParseResponseHead(); head() is what was parsed.
  ParseResult Parse(std::string_view bytes, Method request_method);

  // Its views refer to a copy and are good until the next Parse().
  const ResponseHead& head() const { return head_; }

 private:
  // Where it is false, head_ says nothing any more.
  bool IsRepeated(std::string_view bytes, Method request_method);
  // Takes another value for `header` from the line that `lines` begin with;
  // false where it must be parsed with all the others.
  bool TakeValue(std::string_view lines, Header& header);
  // Copies the line of `header` to where one of its size stands.
  void Replace(std::size_t place, Header& header);
  // Copies the head that `bytes` begin with, of which head_ is.
  void Remember(std::string_view bytes, std::size_t first_line);

  ResponseHead head_;
  Method request_method_ = Method::kGet;
  // The last whole head; empty: none.
  std::string text_;
};

}  // namespace weir::dataplane::http1

#endif  // WEIR_DATAPLANE_HTTP1_REPEATED_RESPONSE_HEAD_H_
