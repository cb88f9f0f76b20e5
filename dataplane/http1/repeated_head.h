// The heads of one connection's requests, which are nearly always the same.
#ifndef WEIR_DATAPLANE_HTTP1_REPEATED_HEAD_H_
#define WEIR_DATAPLANE_HTTP1_REPEATED_HEAD_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "dataplane/http1/head.h"

namespace weir::dataplane::http1 {

// An application's requests differ in their bodies: what stands before them is
// the last one's, byte for byte, but for the digits of Content-Length. Such a
// head is compared instead of parsed, a tenth of the work; what is accepted is
// the same.
//
// Not thread-safe.
class RepeatedHead {
 public:
  RepeatedHead() = default;
  RepeatedHead(const RepeatedHead&) = delete;
  RepeatedHead& operator=(const RepeatedHead&) = delete;

  // As ParseRequestHead(); head() is what was parsed, with a serial.
  ParseResult Parse(std::string_view bytes);

  // Its views refer to a copy and are good until the next Parse().
  const RequestHead& head() const { return head_; }

 private:
  bool IsRepeated(std::string_view bytes);
  void Remember(std::string_view bytes);

  RequestHead head_;
  std::uint64_t last_serial_ = 0;
  // The last whole head; empty: none.
  std::string text_;
  // Where the digits of its Content-Length stand; at its end without one.
  std::size_t digits_begin_ = 0;
  std::size_t digits_end_ = 0;
};

}  // namespace weir::dataplane::http1

#endif  // WEIR_DATAPLANE_HTTP1_REPEATED_HEAD_H_
