#include "dataplane/accept/session.h"

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "absl/time/time.h"
#include "common/dialect/dialect.h"
#include "common/tls/openssl.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/io/stream.h"
#include "dataplane/io/timer_wheel.h"
#include "dataplane/pipeline.h"
#include "dataplane/read/request_reader.h"

namespace weir::dataplane {

Session::Session(asio::ip::tcp::socket socket, tls::ContextPtr tls,
                 const PipelineContext& context, const WorkerLimits& limits)
    : tls_(std::move(tls)),
      context_(context),
      limits_(limits),
      stream_(std::make_shared<io::Stream>(std::move(socket))),
      interrupt_(context.attempt.wheel),
      reader_(*stream_, context.attempt.wheel, context.admission, limits),
      writer_(*stream_, context.attempt.wheel, context.account, interrupt_,
              limits.client_stall),
      pipeline_(context, {writer_, interrupt_, reader_}) {}

io::Task<> Session::Run() {
  if (tls_ != nullptr && !co_await AgreeOnTls()) {
    ++context_.account.report.tls_handshake_failures;
    stream_->Close();
    co_return;
  }
  Reuse reuse = Reuse::kKeepOpen;
  while (reuse == Reuse::kKeepOpen && !stopping_) {
    idle_ = true;
    std::optional<ReadOutcome> outcome = co_await reader_.ReadHead();
    if (!outcome.has_value()) outcome = co_await reader_.ReadBody();
    idle_ = false;
    if (std::holds_alternative<Gone>(*outcome)) break;
    if (const auto* error = std::get_if<dialect::ApiError>(&*outcome)) {
      reuse = co_await pipeline_.Refuse(*error, reader_.head());
      pipeline_.Finish();
      co_await Linger();
    } else if (stream_->ended()) {
      break;  // Nobody waits for an answer.
    } else {
      interrupt_.Reset();
      stream_->Watch(this);
      reuse = co_await pipeline_.Serve(std::get<IncomingRequest>(*outcome));
      pipeline_.Finish();
      stream_->Watch(nullptr);
      reader_.Finish();
    }
  }
  // Were the answer not whole, its framing would say so.
  if (stream_->open()) stream_->EndTls();
  stream_->Close();
}

io::Task<bool> Session::AgreeOnTls() {
  io::SslPtr ssl(SSL_new(tls_.get()));
  if (ssl == nullptr) co_return false;
  io::TimerWheel::Timer limit(
      context_.attempt.wheel,
      [](void* stalled) { static_cast<io::Stream*>(stalled)->Close(); },
      stream_.get());
  limit.Set(context_.attempt.wheel.Now() + limits_.head_timeout);
  const io::error_code error = co_await stream_->StartTls(std::move(ssl));
  co_return !error;
}

void Session::OnInputOrEnd() {
  // Bytes are the next request, read when this one is done; an end means that
  // nobody waits for the answer.
  if (stream_->ended()) interrupt_.Raise(Interrupt::Why::kClientGone);
}

void Session::Stop() {
  stopping_ = true;
  if (idle_) {
    stream_->Close();
  } else {
    interrupt_.Raise(Interrupt::Why::kShutdown);
  }
}

io::Task<> Session::Linger() {
  constexpr absl::Duration kLingerTime = absl::Seconds(2);
  // Clients that write all of a large body before they read come this far.
  constexpr std::size_t kLingerBytes = std::size_t{64} << 20;
  stream_->ShutdownSend();
  io::TimerWheel::Timer limit(
      context_.attempt.wheel,
      [](void* stalled) { static_cast<io::Stream*>(stalled)->Close(); },
      stream_.get());
  limit.Set(context_.attempt.wheel.Now() + kLingerTime);
  std::size_t swallowed = 0;
  while (swallowed < kLingerBytes) {
    swallowed += stream_->input().size();
    stream_->Consume(stream_->input().size());
    if (co_await stream_->ReadMore()) break;
  }
}

}  // namespace weir::dataplane
