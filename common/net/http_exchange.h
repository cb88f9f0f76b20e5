// One HTTP/1.1 request and its answer, whole, over an open connection.
#ifndef WEIR_COMMON_NET_HTTP_EXCHANGE_H_
#define WEIR_COMMON_NET_HTTP_EXCHANGE_H_

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/net/transport.h"

namespace weir::net {

enum class Reuse { kKeepOpen, kClose };

struct HttpAnswer {
  int status = 0;
  // In their order; names as they came.
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  // Whether the connection can take another request.
  Reuse reuse = Reuse::kClose;

  // The first of that name, whatever its case; empty where there is none.
  std::string_view Header(std::string_view name) const;
};

struct ExchangeOptions {
  // What is longer is no answer; the default is for those that nobody expects
  // to be long.
  std::size_t max_answer_bytes = std::size_t{1} << 20;
  // Called as the body comes, with its status and all of it until now. Null:
  // nobody wants to know.
  std::function<void(int status, std::string_view body)> on_body = nullptr;
};

// Sends `request` as it stands and reads one answer. Has no deadline of its
// own: cancel it.
//
// ABORTED: the connection ended before the answer's first byte, which on a
// reused one is no news. UNAVAILABLE: it ended later. INVALID_ARGUMENT: what
// came is not HTTP. OUT_OF_RANGE: it is longer than that.
asio::awaitable<absl::StatusOr<HttpAnswer>> Exchange(Transport& transport,
                                                     std::string request,
                                                     ExchangeOptions options);
// With the usual options.
asio::awaitable<absl::StatusOr<HttpAnswer>> Exchange(Transport& transport,
                                                     std::string request);

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_HTTP_EXCHANGE_H_
