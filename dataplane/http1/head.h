// One strict pass over a message head, in both directions.
//
// The rules are stricter than RFC 9112 asks, because whoever reads a head more
// kindly than the next hop can be made to see other requests than it does:
// CRLF only, no folding, exactly one valid Host (in HTTP/1.0 at most one), one
// kind of framing.
#ifndef WEIR_DATAPLANE_HTTP1_HEAD_H_
#define WEIR_DATAPLANE_HTTP1_HEAD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/http1/header_list.h"

namespace weir::dataplane::http1 {

inline constexpr std::size_t kMaxHeadBytes = std::size_t{64} << 10;
inline constexpr std::size_t kMaxHeaderNameBytes = 256;

enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };

enum class BodyFraming : std::uint8_t { kNone, kLength, kChunked, kUntilClose };

constexpr std::uint32_t BitOf(HeaderId id) {
  return std::uint32_t{1} << static_cast<unsigned>(id);
}
// The last one.
static_assert(static_cast<unsigned>(HeaderId::kAccountLimit) < 32);

// The part that requests and answers share. Views refer to the parsed bytes and
// are good for as long as those stay in place.
struct HeadFields {
  HeaderList headers;
  std::size_t header_count = 0;
  // Bytes of the head with its empty line.
  std::size_t size = 0;
  int minor_version = 1;
  BodyFraming framing = BodyFraming::kNone;
  std::uint64_t content_length = 0;
  bool says_close = false;
  // BitOf() the id of each header, as it came and as it is now.
  std::uint32_t ids = 0;

  // The first header of this id; nullptr where there is none.
  const Header* Find(HeaderId id) const;
};

struct RequestHead : HeadFields {
  Method method = Method::kGet;
  std::string_view method_text;
  // As it came: path and query.
  std::string_view target;
  std::string_view path;
  std::string_view query;
  std::string_view authorization;
  std::string_view api_key;
  std::string_view goog_api_key;
  bool expects_continue = false;
  // Heads of one connection with the same one are the same, byte for byte, but
  // for the length that they tell, and stand in the same place. 0: of none.
  std::uint64_t serial = 0;
};

struct ResponseHead : HeadFields {
  int status = 0;
};

// Why a head is refused. `message` is a constant.
struct HeadError {
  int status;  // 400, 405, 417, 431, 501 or 505.
  const char* message;
};

enum class ParseState { kComplete, kIncomplete, kBad };

struct ParseResult {
  ParseState state;
  HeadError error{};  // Set when kBad.
};

// Parses the head that `bytes` begins with. kIncomplete asks for more bytes.
// `head` is overwritten; a method or a target that HTTP allows and weir serves
// nowhere is refused here too (405, 501).
ParseResult ParseRequestHead(std::string_view bytes, RequestHead& head);

// The same for a provider's answer to `request_method`. A 1xx is returned like
// any other status, with no body.
ParseResult ParseResponseHead(std::string_view bytes, Method request_method,
                              ResponseHead& head);

// The value of a Content-Length: digits only, no leading zero, at most 2^53.
std::optional<std::uint64_t> ParseContentLength(std::string_view value);

}  // namespace weir::dataplane::http1

#endif  // WEIR_DATAPLANE_HTTP1_HEAD_H_
