#include "common/net/http_exchange.h"

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
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/net/transport.h"

namespace weir::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kChunk = 16 * 1024;

using Parser = http::response_parser<http::string_body>;

absl::Status ParseFailure(error_code error, std::size_t limit) {
  if (error == http::error::body_limit || error == http::error::header_limit) {
    return absl::OutOfRangeError(
        absl::StrCat("answer is longer than ", limit >> 20, " MiB"));
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
                         std::size_t limit, Parser& parser) {
  if (received == 0) {
    return absl::AbortedError(
        absl::StrCat("connection closed before an answer: ", error.message()));
  }
  error_code at_end = error;
  if (error == asio::error::eof) parser.put_eof(at_end = {});
  if (parser.is_done()) return absl::OkStatus();
  if (at_end && error == asio::error::eof) {
    return ParseFailure(at_end, limit);
  }
  return absl::UnavailableError(
      absl::StrCat("answer is cut off: ", error.message()));
}

// The answer as callers know it; ends the parser.
HttpAnswer Release(Parser& parser, Reuse reuse) {
  http::response<http::string_body> message = parser.release();
  HttpAnswer answer{.status = static_cast<int>(message.result_int()),
                    .reuse = reuse};
  for (const auto& field : message) {
    answer.headers.emplace_back(field.name_string(), field.value());
  }
  answer.body = std::move(message.body());
  return answer;
}

}  // namespace

std::string_view HttpAnswer::Header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (absl::EqualsIgnoreCase(known, {name.data(), name.size()})) return value;
  }
  return "";
}

asio::awaitable<absl::StatusOr<HttpAnswer>> Exchange(Transport& transport,
                                                     std::string request) {
  return Exchange(transport, std::move(request), ExchangeOptions());
}

asio::awaitable<absl::StatusOr<HttpAnswer>> Exchange(Transport& transport,
                                                     std::string request,
                                                     ExchangeOptions options) {
  const auto [write_error, written] =
      co_await transport.Write(asio::buffer(request));
  if (write_error) {
    co_return absl::AbortedError(
        absl::StrCat("can't send: ", write_error.message()));
  }
  Parser parser;
  parser.eager(true);
  parser.body_limit(options.max_answer_bytes);
  beast::flat_buffer read;
  std::size_t received = 0;
  while (!parser.is_done()) {
    const auto [error, size] =
        co_await transport.ReadSome(read.prepare(kChunk));
    if (error) {
      absl::Status end =
          EndOfStream(error, received, options.max_answer_bytes, parser);
      if (!end.ok()) co_return end;
      break;
    }
    read.commit(size);
    received += size;
    if (const error_code bad = Feed(read, parser)) {
      co_return ParseFailure(bad, options.max_answer_bytes);
    }
    if (options.on_body && parser.is_header_done()) {
      options.on_body(static_cast<int>(parser.get().result_int()),
                      parser.get().body());
    }
  }
  // Bytes beyond the answer would be taken for the next one.
  const Reuse reuse = parser.keep_alive() && read.size() == 0 ? Reuse::kKeepOpen
                                                              : Reuse::kClose;
  co_return Release(parser, reuse);
}

}  // namespace weir::net
