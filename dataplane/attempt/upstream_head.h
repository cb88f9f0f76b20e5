// A request as a provider gets it: head from parsed parts, body from the
// original bytes.
#ifndef WEIR_DATAPLANE_ATTEMPT_UPSTREAM_HEAD_H_
#define WEIR_DATAPLANE_ATTEMPT_UPSTREAM_HEAD_H_

#include <array>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

// The original bytes with another model name in them, and with stream options
// behind it where `request` asks for its usage; without a copy. Refers to
// `request` and `target`.
struct UpstreamBody {
  std::array<boost::asio::const_buffer, 4> pieces;
  std::size_t size;
};
UpstreamBody SpliceBody(const Request& request, const TargetEntry* target);
// The same of a body that is sent as it is.
UpstreamBody WholeBody(std::string_view body);

// What of a head is weir's alone.
struct OwnParts {
  // Header lines, each with its CRLF.
  std::string_view credential;
  std::size_t body_bytes = 0;
  // The attempt's, where the request is part of a trace.
  std::uint64_t span = 0;
};

// Where in a head the digits of its Content-Length stand; none where it has no
// body.
struct LengthPlace {
  std::size_t begin = 0;
  std::size_t digits = 0;
};

// Writes the head into `text`, which is overwritten. Framing, Host, credential
// and the place in a trace are ours; what the client sent of connection,
// framing, credentials, forwarding and weir's own headers stays here.
//
// `upstream_path` is what follows the provider's base path; where it holds the
// model's name, `target` gives it another one. A key in the query stays here.
// It ends with the request's identifier.
LengthPlace WriteUpstreamHead(const Request& request,
                              std::string_view upstream_path,
                              const ProviderEntry& provider,
                              const TargetEntry* target, const OwnParts& own,
                              std::string& text);

// The same for a request that was translated: what the client's headers say is
// not of what the provider gets, but for those that tell who asks.
// REQUIRES: the request is a chat.
void WriteForeignHead(const Request& request, const ProviderEntry& provider,
                      const TargetEntry& target, const OwnParts& own,
                      std::string& text);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_UPSTREAM_HEAD_H_
