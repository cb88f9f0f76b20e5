#include "dataplane/io/stream.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "dataplane/http1/head.h"

namespace weir::dataplane::io {
namespace {

using State = Socket::Step::State;

Reactor& ReactorOf(asio::ip::tcp::socket& socket) {
  return asio::use_service<Reactor>(
      asio::query(socket.get_executor(), asio::execution::context));
}

constexpr std::uint32_t kEnd = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

// A peer that sends as fast as it is read must not keep the loop to itself.
constexpr int kMostReadsInARow = 16;

}  // namespace

Stream::Stream(asio::ip::tcp::socket socket) : reactor_(ReactorOf(socket)) {
  error_code error;
  const int descriptor = socket.release(error);
  if (error) {
    end_reason_ = error;
    return;
  }
  socket_.Open(descriptor);
  if (!reactor_.Add(descriptor, *this)) {
    end_reason_ = error_code(errno, asio::error::get_system_category());
  }
}

Stream::~Stream() {
  if (open()) reactor_.Remove(socket_.descriptor(), *this);
  if (capacity_ > 0) DropBuffer();
}

// REQUIRES: input() is in nobody's hands.
bool Stream::MakeRoom() {
  if (capacity_ == 0) {
    buffer_ = InputBuffers::Take();
    capacity_ = kInputCapacity;
  }
  // A tail of this size takes a small request whole.
  if (capacity_ - end_ >= 1024) return true;
  if (begin_ > 0) {
    std::memmove(buffer_, buffer_ + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (capacity_ - end_ < 1024 && capacity_ <= http1::kMaxHeadBytes) {
    Grow(capacity_ * 2);
  }
  return end_ < capacity_;
}

void Stream::Grow(std::size_t capacity) {
  auto grown = std::make_unique_for_overwrite<char[]>(capacity + kInputPadding);
  if (end_ > 0) std::memcpy(grown.get(), buffer_, end_);
  if (capacity_ > 0) DropBuffer();
  buffer_ = grown.release();
  capacity_ = capacity;
}

void Stream::DropBuffer() {
  char* const buffer = std::exchange(buffer_, nullptr);
  if (std::exchange(capacity_, 0) == kInputCapacity) {
    InputBuffers::GiveBack(buffer);
  } else {
    delete[] buffer;
  }
}

void Stream::Note(const Socket::Step& step) {
  switch (step.state) {
    case State::kDone:
      return;
    case State::kPart:
      // Nothing was left, so there will be another edge; but an end that is
      // known already makes none.
      readable_ = peer_ended_;
      return;
    case State::kWait:
      readable_ = false;
      return;
    case State::kEnd:
      end_reason_ = socket_.error();
      return;
  }
}

bool Stream::MayRead() {
  if (!readable_) return false;
  if (++reads_in_a_row_ <= kMostReadsInARow) return true;
  reactor_.TellAgain(socket_.descriptor(), *this);
  return false;
}

bool Stream::ReadAvailable() {
  const Socket::Step step = socket_.Read(buffer_ + end_, capacity_ - end_);
  Note(step);
  end_ += step.bytes;
  return step.state != State::kWait;
}

std::optional<error_code> Stream::TryReadMore(const FetchAhead* ahead) {
  if (end_reason_) return end_reason_;
  if (!MayRead()) {
    Rest();
    return std::nullopt;
  }
  if (!MakeRoom()) return error_code(asio::error::no_buffer_space);
  const std::size_t had = input().size();
  if (ahead != nullptr) ahead->Fetch();
  if (!ReadAvailable()) {
    Rest();
    return std::nullopt;
  }
  return input().size() > had ? error_code() : end_reason_;
}

bool Stream::IsQuiet() {
  if (ended() || begin_ != end_) return false;
  const bool quiet = !readable_ || !MakeRoom() || !ReadAvailable();
  if (quiet) Rest();
  return quiet;
}

void Stream::Unread(std::string_view bytes) {
  if (bytes.empty()) return;
  if (bytes.size() > capacity_ - end_) Grow(end_ + bytes.size());
  std::memcpy(buffer_ + end_, bytes.data(), bytes.size());
  end_ += bytes.size();
}

Stream::ShakingHands Stream::StartTls(SslPtr ssl) {
  socket_.StartTls(std::move(ssl));
  return ShakingHands(*this);
}

void Stream::OnReady(std::uint32_t events) {
  const bool input = (events & (EPOLLIN | kEnd)) != 0;
  readable_ = readable_ || input;
  peer_ended_ = peer_ended_ || (events & kEnd) != 0;
  reads_in_a_row_ = 0;
  if (waiting_ != nullptr && waiting_->TryAgain()) return Resume();
  if (watcher_ == nullptr || !input) return;
  // A TLS peer also says what is meant for OpenSSL alone.
  if (socket_.tls() != nullptr && waiting_ == nullptr && IsQuiet()) return;
  watcher_->OnInputOrEnd();
}

// Whoever waits may destroy this stream: call it last.
void Stream::Resume() { std::exchange(waiting_, nullptr)->Resume(); }

void Stream::Nudge() {
  if (waiting_ != nullptr) Resume();
}

void Stream::Close() {
  watcher_ = nullptr;
  if (!end_reason_) end_reason_ = asio::error::operation_aborted;
  if (!open()) return;
  reactor_.Remove(socket_.descriptor(), *this);
  socket_.Close();
  if (waiting_ == nullptr) return;
  reactor_.Post([self = shared_from_this()] { self->Nudge(); });
}

void Stream::Reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_.descriptor(), SOL_SOCKET, SO_LINGER, &at_once,
             sizeof(at_once));
  Close();
}

void Stream::ShutdownSend() {
  EndTls();
  shutdown(socket_.descriptor(), SHUT_WR);
}

bool Stream::ReadingInto::Try() {
  if (stream_.end_reason_) return true;
  if (!stream_.MayRead()) return false;
  const Socket::Step step =
      stream_.socket_.Read(static_cast<char*>(buffer_.data()), buffer_.size());
  stream_.Note(step);
  bytes_ = step.bytes;
  return step.state != State::kWait;
}

std::size_t Stream::TryWrite(asio::const_buffer buffer) {
  return open() ? socket_.Write(buffer).bytes : 0;
}

bool Stream::Writing::Try() {
  if (!stream_.open()) {
    result_ = asio::error::operation_aborted;
    return true;
  }
  const Socket::Step step = stream_.socket_.Write(buffers_, sent_);
  sent_ += step.bytes;
  left_ -= step.bytes;
  if (step.state == State::kEnd) {
    result_ = stream_.socket_.error();
    return true;
  }
  if (left_ == 0) result_ = error_code();
  return left_ == 0;
}

bool Stream::ShakingHands::Try() {
  const Socket::Step step = stream_.socket_.Handshake();
  if (step.state == State::kWait) return false;
  result_ = step.state == State::kEnd ? stream_.socket_.error() : error_code();
  // What the peer said behind its last word of the handshake may stand in
  // OpenSSL's buffer already, and then no edge tells of it.
  stream_.readable_ = true;
  return true;
}

}  // namespace weir::dataplane::io
