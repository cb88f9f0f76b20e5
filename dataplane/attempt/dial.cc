#include "dataplane/attempt/dial.h"

#include <openssl/ssl.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/concat.h"
#include "common/net/dial.h"
#include "common/net/host_port.h"
#include "common/net/tls.h"
#include "common/net/url.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/io/reactor.h"
#include "dataplane/io/stream.h"
#include "dataplane/io/timer_wheel.h"
#include "dataplane/io/wakeup.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// In a coroutine of Asio's, so that it can be cancelled whatever it waits for;
// then it may end by an exception.
io::Task<absl::StatusOr<tcp::socket>> Connect(asio::io_context& loop,
                                              const net::DialPlan& plan,
                                              absl::Duration limit,
                                              Interrupt& interrupt) {
  absl::StatusOr<tcp::socket> result = absl::CancelledError("interrupted");
  asio::cancellation_signal cancel;
  io::Wakeup ended;
  const Interrupt::Scope scope(
      interrupt, {[](void* signal) {
                    static_cast<asio::cancellation_signal*>(signal)->emit(
                        asio::cancellation_type::terminal);
                  },
                  &cancel});
  const io::Reactor::Guest waits(asio::use_service<io::Reactor>(loop));
  // Its beginning is posted, so it can't end before somebody waits for it.
  asio::co_spawn(loop, net::DialTcp(plan, limit),
                 asio::bind_cancellation_slot(
                     cancel.slot(), [&](std::exception_ptr thrown,
                                        absl::StatusOr<tcp::socket> socket) {
                       if (thrown == nullptr) result = std::move(socket);
                       ended.Notify();
                     }));
  co_await ended.Wait();
  co_return std::move(result);
}

absl::StatusOr<io::SslPtr> MakeSsl(const net::DialPlan& plan,
                                   net::TlsSessionCache* sessions) {
  io::SslPtr ssl(SSL_new(plan.tls_context->native_handle()));
  if (ssl == nullptr) return absl::InternalError("OpenSSL has no memory");
  auto status = net::PrepareClient(ssl.get(), plan.tls_context,
                                   plan.tls_server_name, sessions);
  if (!status.ok()) return status;
  return ssl;
}

absl::Status HandshakeFailure(io::Stream& stream, io::error_code error,
                              const net::DialPlan& plan) {
  const std::string where =
      net::FormatHostPort({plan.url.host, plan.url.port}) + ": TLS handshake: ";
  if (error.category() == asio::error::get_ssl_category()) {
    return absl::FailedPreconditionError(
        where + net::DescribeHandshakeFailure(stream.tls(), error.message()));
  }
  if (error == asio::error::operation_aborted) {
    return absl::DeadlineExceededError(where + "took too long");
  }
  return absl::UnavailableError(where + error.message());
}

io::Task<absl::Status> Secure(io::Stream& stream, io::TimerWheel& wheel,
                              const net::DialPlan& plan, absl::Time deadline,
                              net::TlsSessionCache* sessions,
                              Interrupt& interrupt) {
  absl::StatusOr<io::SslPtr> ssl = MakeSsl(plan, sessions);
  if (!ssl.ok()) co_return ssl.status();
  io::TimerWheel::Timer timer(
      wheel, [](void* late) { static_cast<io::Stream*>(late)->Close(); },
      &stream);
  timer.Set(deadline);
  const Interrupt::Scope scope(
      interrupt,
      {[](void* late) { static_cast<io::Stream*>(late)->Close(); }, &stream});
  const io::error_code error = co_await stream.StartTls(*std::move(ssl));
  if (!error) co_return absl::OkStatus();
  if (sessions != nullptr) sessions->Forget();
  co_return HandshakeFailure(stream, error, plan);
}

}  // namespace

io::Task<absl::StatusOr<std::shared_ptr<io::Stream>>> Dial(
    asio::io_context& loop, io::TimerWheel& wheel, const net::DialPlan& plan,
    absl::Duration limit, net::TlsSessionCache* sessions,
    Interrupt& interrupt) {
  const absl::Time deadline = wheel.Now() + limit;
  absl::StatusOr<tcp::socket> socket =
      co_await Connect(loop, plan, limit, interrupt);
  if (interrupt.raised()) co_return absl::CancelledError("interrupted");
  if (!socket.ok()) co_return socket.status();
  auto stream = std::make_shared<io::Stream>(*std::move(socket));
  if (plan.url.scheme == net::Scheme::kHttps) {
    const absl::Status secured =
        co_await Secure(*stream, wheel, plan, deadline, sessions, interrupt);
    if (interrupt.raised()) co_return absl::CancelledError("interrupted");
    if (!secured.ok()) co_return secured;
  }
  co_return stream;
}

}  // namespace weir::dataplane
