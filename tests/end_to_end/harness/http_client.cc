#include "tests/end_to_end/harness/http_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/optional/optional.hpp>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace weir::testing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

// One exchange: each step starts the next, and the stream's own deadline ends
// all of it.
class Exchange {
 public:
  Exchange(const HttpRequest& request, const std::string& host)
      : stream_(loop_) {
    message_.method_string(request.method);
    message_.target(request.target);
    message_.set(http::field::host, host);
    message_.set(http::field::connection, "close");
    for (const auto& [name, value] : request.headers) message_.set(name, value);
    message_.body() = request.body;
    message_.prepare_payload();
    parser_.body_limit(boost::none);
    // What answers HEAD has no body, whatever its length says.
    parser_.skip(request.method == "HEAD");
  }

  // The error that ended it early.
  error_code Run(const asio::ip::tcp::endpoint& peer, absl::Duration limit) {
    stream_.expires_after(absl::ToChronoNanoseconds(limit));
    stream_.async_connect(peer, [this](error_code error) {
      if (error) return End(error);
      http::async_write(stream_, message_, [this](error_code failed, auto) {
        // The answer may be there before all of the request was taken.
        if (failed == beast::error::timeout) return End(failed);
        http::async_read(stream_, buffer_, parser_,
                         [this](error_code result, auto) { End(result); });
      });
    });
    loop_.run();
    return result_;
  }

  bool has_head() const { return parser_.is_header_done(); }

  HttpAnswer Answer() {
    HttpAnswer answer;
    answer.status = static_cast<int>(parser_.get().result_int());
    for (const auto& field : parser_.get()) {
      answer.headers[absl::AsciiStrToLower(std::string(field.name_string()))] =
          std::string(field.value());
    }
    answer.body = std::move(parser_.get().body());
    answer.ending =
        result_ ? HttpAnswer::Ending::kCut : HttpAnswer::Ending::kWhole;
    return answer;
  }

 private:
  void End(error_code error) { result_ = error; }

  asio::io_context loop_{1};
  beast::tcp_stream stream_;
  http::request<http::string_body> message_;
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
  error_code result_;
};

}  // namespace

std::string HttpAnswer::Header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

boost::json::value HttpAnswer::Json() const {
  boost::json::error_code error;
  return boost::json::parse(body, error);
}

absl::StatusOr<HttpAnswer> Send(const std::string& address,
                                const HttpRequest& request,
                                absl::Duration limit) {
  const std::size_t colon = address.rfind(':');
  error_code error;
  const auto host = asio::ip::make_address(address.substr(0, colon), error);
  if (error) return absl::InvalidArgumentError(address);
  const auto port =
      static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1)));
  Exchange exchange(request, address);
  error = exchange.Run({host, port}, limit);
  if (error == beast::error::timeout) {
    return absl::DeadlineExceededError(absl::StrCat(
        request.target, " at ", address, ": ", absl::FormatDuration(limit)));
  }
  if (!exchange.has_head()) {
    return absl::UnavailableError(
        absl::StrCat(request.target, " at ", address, ": ", error.message()));
  }
  return exchange.Answer();
}

absl::StatusOr<HttpAnswer> Get(const std::string& address,
                               const std::string& target) {
  return Send(address, {.method = "GET", .target = target});
}

absl::StatusOr<HttpAnswer> PostJson(const std::string& address,
                                    const std::string& target,
                                    const std::string& key,
                                    const std::string& body) {
  HttpRequest request{.method = "POST",
                      .target = target,
                      .headers = {{"Content-Type", "application/json"}},
                      .body = body};
  if (!key.empty()) {
    request.headers.emplace_back("Authorization", absl::StrCat("Bearer ", key));
  }
  return Send(address, request);
}

std::string At(const boost::json::value& json, const std::string& pointer) {
  boost::json::error_code error;
  const boost::json::value* value = json.find_pointer(pointer, error);
  if (value == nullptr) return "";
  if (value->is_string()) return std::string(value->as_string());
  return boost::json::serialize(*value);
}

}  // namespace weir::testing
