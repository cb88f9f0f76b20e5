// One HTTP/1.1 request and its answer, whole, over an open connection.
#ifndef WEIR_CONTROLPLANE_PROBE_HTTP_EXCHANGE_H_
#define WEIR_CONTROLPLANE_PROBE_HTTP_EXCHANGE_H_

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "common/net/transport.h"

namespace weir::controlplane {

enum class Reuse { kKeepOpen, kClose };

struct HttpAnswer {
  int status;
  std::string body;
  // Whether the connection can take another request.
  Reuse reuse;
};

// No answer to a probe has a reason to be longer.
inline constexpr std::size_t kMaxAnswerBytes = std::size_t{1} << 20;

// Sends `request` as it stands and reads one answer. Has no deadline of its
// own: cancel it.
//
// ABORTED: the connection ended before the answer's first byte, which on a
// reused one is no news. UNAVAILABLE: it ended later. INVALID_ARGUMENT: what
// came is not HTTP. OUT_OF_RANGE: it is longer than kMaxAnswerBytes.
boost::asio::awaitable<absl::StatusOr<HttpAnswer>> Exchange(
    net::Transport& transport, std::string request);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PROBE_HTTP_EXCHANGE_H_
