#include "controlplane/probe/http_exchange.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/net/transport.h"

namespace weir::controlplane {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kChunk = 16 * 1024;

using Parser = http::response_parser<http::string_body>;

absl::Status ParseFailure(error_code error) {
  if (error == http::error::body_limit || error == http::error::header_limit) {
    return absl::OutOfRangeError("answer is longer than 1 MiB");
  }
  if (error == http::error::partial_message) {
    return absl::UnavailableError("answer is cut off");
  }
  return absl::InvalidArgumentError(
      absl::StrCat("answer is not HTTP: ", error.message()));
}

// Gives the parser what has been read; it may want more before it takes all.
error_code Feed(beast::flat_buffer& read, Parser& parser) {
  while (read.size() > 0 && !parser.is_done()) {
    error_code error;
    const std::size_t taken = parser.put(read.data(), error);
    read.consume(taken);
    if (error == http::error::need_more) return {};
    if (error) return error;
  }
  return {};
}

absl::Status EndOfStream(error_code error, std::size_t received,
                         Parser& parser) {
  if (received == 0) {
    return absl::AbortedError(
        absl::StrCat("connection closed before an answer: ", error.message()));
  }
  error_code at_end = error;
  if (error == asio::error::eof) parser.put_eof(at_end = {});
  if (parser.is_done()) return absl::OkStatus();
  if (at_end && error == asio::error::eof) return ParseFailure(at_end);
  return absl::UnavailableError(
      absl::StrCat("answer is cut off: ", error.message()));
}

}  // namespace

asio::awaitable<absl::StatusOr<HttpAnswer>> Exchange(net::Transport& transport,
                                                     std::string request) {
  const auto [write_error, written] =
      co_await transport.Write(asio::buffer(request));
  if (write_error) {
    co_return absl::AbortedError(
        absl::StrCat("can't send: ", write_error.message()));
  }
  Parser parser;
  parser.eager(true);
  parser.body_limit(kMaxAnswerBytes);
  beast::flat_buffer read;
  std::size_t received = 0;
  while (!parser.is_done()) {
    const auto [error, size] =
        co_await transport.ReadSome(read.prepare(kChunk));
    if (error) {
      absl::Status end = EndOfStream(error, received, parser);
      if (!end.ok()) co_return end;
      break;
    }
    read.commit(size);
    received += size;
    if (const error_code bad = Feed(read, parser)) {
      co_return ParseFailure(bad);
    }
  }
  // Bytes beyond the answer would be taken for the next one.
  const Reuse reuse = parser.keep_alive() && read.size() == 0 ? Reuse::kKeepOpen
                                                              : Reuse::kClose;
  http::response<http::string_body> answer = parser.release();
  co_return HttpAnswer{static_cast<int>(answer.result_int()),
                       std::move(answer.body()), reuse};
}

}  // namespace weir::controlplane
