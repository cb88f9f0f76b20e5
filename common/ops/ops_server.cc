#include "common/ops/ops_server.h"

#include <spdlog/spdlog.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/net/listen.h"
#include "common/net/task_group.h"
#include "common/net/timeout.h"
#include "common/net/transport.h"

namespace weir::ops {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using net::kUseTuple;

constexpr std::uint32_t kMaxHeadBytes = 8 * 1024;
constexpr std::uint64_t kMaxBodyBytes = 1024 * 1024;
// After an accept that failed, for want of descriptors most likely.
constexpr absl::Duration kAcceptPause = absl::Milliseconds(100);

using MethodHandlers = std::map<std::string, Handler, std::less<>>;

Response PlainText(int status, std::string body) {
  return {status, "text/plain; charset=utf-8", std::move(body)};
}

asio::awaitable<absl::StatusOr<Response>> Call(const Handler& handler,
                                               const Request& request) {
  try {
    co_return co_await handler(request);
  } catch (const std::exception& error) {
    co_return absl::InternalError(error.what());
  }
}

// What a handler gives, or an answer in its place when it throws or hangs.
asio::awaitable<Response> Answer(const Handler& handler, const Request& request,
                                 absl::Duration limit) {
  auto response = co_await net::WithTimeout(Call(handler, request), limit);
  if (response.ok()) co_return *std::move(response);
  spdlog::error("{} {} failed: {}", request.method, request.path,
                response.status().ToString());
  co_return absl::IsDeadlineExceeded(response.status())
      ? PlainText(503, "took too long\n")
      : PlainText(500, "internal error\n");
}

Request ToRequest(http::request<http::string_body> message) {
  const std::string target(message.target());
  const std::size_t question = target.find('?');
  return {std::string(message.method_string()), target.substr(0, question),
          question == std::string::npos ? "" : target.substr(question + 1),
          std::move(message.body())};
}

http::response<http::string_body> ToMessage(Response response,
                                            std::string_view method,
                                            bool keep_alive) {
  http::response<http::string_body> message;
  message.result(static_cast<unsigned>(response.status));
  message.set(http::field::content_type, response.content_type);
  message.set(http::field::cache_control, "no-store");
  message.set("X-Content-Type-Options", "nosniff");
  message.content_length(response.body.size());
  message.keep_alive(keep_alive);
  if (method != "HEAD") message.body() = std::move(response.body);
  return message;
}

// What to tell a client whose request can't be read; nullopt when it has left.
std::optional<int> StatusOf(const error_code& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  if (error == http::error::end_of_stream ||
      error == http::error::partial_message ||
      error.category() != make_error_code(http::error::bad_method).category()) {
    return std::nullopt;
  }
  return 400;
}

std::string AllowedMethods(const MethodHandlers& methods) {
  std::string allowed;
  for (const auto& [method, handler] : methods) {
    if (!allowed.empty()) allowed += ", ";
    allowed += method == "GET" ? "GET, HEAD" : method;
  }
  return allowed;
}

}  // namespace

class OpsServer::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::any_io_executor executor, OpsLimits limits)
      : limits_(limits),
        executor_(executor),
        acceptor_(executor),
        tasks_(executor) {}

  void Handle(std::string method, std::string path, Handler handler) {
    handlers_[std::move(path)][std::move(method)] = std::move(handler);
  }

  absl::StatusOr<std::string> Start(const std::string& listen_address) {
    auto acceptor = net::Listen(executor_, listen_address);
    if (!acceptor.ok()) return acceptor.status();
    acceptor_ = *std::move(acceptor);
    tasks_.Spawn(AcceptLoop(shared_from_this()));
    return net::LocalAddress(acceptor_);
  }

  void Stop() {
    error_code ignored;
    acceptor_.close(ignored);
    tasks_.Cancel();
  }

 private:
  // Coroutines hold `self`: they may end after the OpsServer itself.
  static asio::awaitable<void> AcceptLoop(std::shared_ptr<Impl> self) {
    asio::steady_timer pause(self->executor_);
    while (self->acceptor_.is_open()) {
      auto [error, socket] = co_await self->acceptor_.async_accept(kUseTuple);
      if (error) {
        pause.expires_after(absl::ToChronoNanoseconds(kAcceptPause));
        co_await pause.async_wait(kUseTuple);
        continue;
      }
      // One task is this loop. Beyond the bound the socket just closes.
      if (self->tasks_.size() > self->limits_.connections) continue;
      self->tasks_.Spawn(Serve(self, std::move(socket)));
    }
  }

  static asio::awaitable<void> Serve(std::shared_ptr<Impl> self,
                                     tcp::socket socket) {
    beast::tcp_stream stream(std::move(socket));
    beast::flat_buffer buffer;
    for (bool keep_alive = true; keep_alive;) {
      http::request_parser<http::string_body> parser;
      parser.header_limit(kMaxHeadBytes);
      parser.body_limit(kMaxBodyBytes);
      stream.expires_after(absl::ToChronoNanoseconds(self->limits_.request));
      const auto [read_error, read_bytes] =
          co_await http::async_read(stream, buffer, parser, kUseTuple);
      http::response<http::string_body> answer;
      if (!read_error) {
        keep_alive = parser.get().keep_alive();
        answer = co_await self->Respond(parser.release(), keep_alive);
      } else if (const auto status = StatusOf(read_error)) {
        keep_alive = false;
        answer = ToMessage(PlainText(*status, read_error.message() + "\n"),
                           "GET", keep_alive);
      } else {
        break;
      }
      stream.expires_after(absl::ToChronoNanoseconds(self->limits_.answer));
      const auto [write_error, written_bytes] =
          co_await http::async_write(stream, answer, kUseTuple);
      if (write_error) break;
    }
    error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  asio::awaitable<http::response<http::string_body>> Respond(
      http::request<http::string_body> message, bool keep_alive) {
    const Request request = ToRequest(std::move(message));
    const auto methods = handlers_.find(request.path);
    if (methods == handlers_.end()) {
      co_return ToMessage(PlainText(404, "not found\n"), request.method,
                          keep_alive);
    }
    const auto handler = methods->second.find(
        request.method == "HEAD" ? "GET" : std::string_view(request.method));
    if (handler == methods->second.end()) {
      auto refusal = ToMessage(PlainText(405, "method not allowed\n"),
                               request.method, keep_alive);
      refusal.set(http::field::allow, AllowedMethods(methods->second));
      co_return refusal;
    }
    auto answer = co_await Answer(handler->second, request, limits_.answer);
    co_return ToMessage(std::move(answer), request.method, keep_alive);
  }

  const OpsLimits limits_;
  const asio::any_io_executor executor_;
  tcp::acceptor acceptor_;
  net::TaskGroup tasks_;
  std::map<std::string, MethodHandlers, std::less<>> handlers_;
};

OpsServer::OpsServer(asio::any_io_executor executor, OpsLimits limits)
    : impl_(std::make_shared<Impl>(std::move(executor), limits)) {}

OpsServer::~OpsServer() { Stop(); }

void OpsServer::Handle(std::string path, Handler handler) {
  HandleMethod("GET", std::move(path), std::move(handler));
}

void OpsServer::HandleMethod(std::string method, std::string path,
                             Handler handler) {
  impl_->Handle(std::move(method), std::move(path), std::move(handler));
}

absl::StatusOr<std::string> OpsServer::Start(
    const std::string& listen_address) {
  return impl_->Start(listen_address);
}

void OpsServer::Stop() { impl_->Stop(); }

}  // namespace weir::ops
