#include "tests/end_to_end/harness/http_receiver.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace weir::testing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr auto kUseTuple = asio::as_tuple(asio::use_awaitable);

}  // namespace

HttpReceiver::HttpReceiver()
    : acceptor_(loop_, {asio::ip::address_v4::loopback(), 0}) {
  asio::co_spawn(loop_, Accept(), asio::detached);
  thread_ = std::thread([this] { loop_.run(); });
}

// Coroutines that the loop still holds are destroyed with it.
HttpReceiver::~HttpReceiver() {
  loop_.stop();
  thread_.join();
}

std::string HttpReceiver::url() const {
  return absl::StrCat("http://127.0.0.1:", acceptor_.local_endpoint().port());
}

std::vector<HttpReceiver::Received> HttpReceiver::received() const {
  MutexLock lock(&mutex_);
  return received_;
}

asio::awaitable<void> HttpReceiver::Accept() {
  for (;;) {
    auto [error, socket] = co_await acceptor_.async_accept(kUseTuple);
    if (error) co_return;
    asio::co_spawn(loop_, Serve(std::move(socket)), asio::detached);
  }
}

asio::awaitable<void> HttpReceiver::Serve(asio::ip::tcp::socket socket) {
  beast::flat_buffer buffer;
  http::request<http::string_body> request;
  const auto [error, size] =
      co_await http::async_read(socket, buffer, request, kUseTuple);
  if (error) co_return;
  {
    MutexLock lock(&mutex_);
    received_.push_back({std::string(request.target()),
                         std::string(request[http::field::authorization]),
                         request.body()});
  }
  http::response<http::empty_body> answer(http::status::accepted,
                                          request.version());
  answer.keep_alive(false);
  answer.prepare_payload();
  co_await http::async_write(socket, answer, kUseTuple);
}

}  // namespace weir::testing
