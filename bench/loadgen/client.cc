#include "bench/loadgen/client.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/statusor.h"
#include "bench/event_loop/socket.h"
#include "bench/text/text.h"

namespace weir::bench {
namespace {

using State = ResponseReader::State;

// Shared by all clients of the thread: nothing stays in it between two events.
constexpr std::size_t kReadSize = 64 << 10;

std::array<char, kReadSize>& ReadBuffer() {
  thread_local std::array<char, kReadSize> buffer;
  return buffer;
}

}  // namespace

Client::Client(EventLoop& loop, const Target& target, ClientOwner& owner,
               const std::string& counted_header)
    : loop_(loop), target_(target), owner_(owner), response_(counted_header) {}

void Client::Send(Kind kind, TimePoint intended, std::string_view request) {
  kind_ = kind;
  intended_ = intended;
  sent_ = loop_.now();
  request_ = request;
  first_event_seen_ = false;
  busy_ = true;
  response_.Reset();
  if (socket_.open()) {
    Write();
  } else {
    Connect();
  }
}

void Client::Connect() {
  absl::StatusOr<FileDescriptor> socket = StartConnect(target_.address);
  if (!socket.ok()) {
    // Not at once: the owner may be giving out work in a loop.
    const std::string why = text::Cat(socket.status().message());
    loop_.AtTurnEnd([this, why] {
      if (busy_) Finish(Fate::kConnect, why);
    });
    return;
  }
  owner_.OnConnect();
  socket_ = *std::move(socket);
  connecting_ = true;
  peer_ended_ = false;
  loop_.Watch(socket_, *this);
}

void Client::Abort(Fate fate) {
  socket_.Close();
  connecting_ = false;
  Finish(fate, "");
}

void Client::OnReady(std::uint32_t events) {
  if (!socket_.open()) return;
  if (std::exchange(connecting_, false)) {
    const absl::Status connected = ConnectError(socket_);
    if (!connected.ok()) {
      socket_.Close();
      return Finish(Fate::kConnect, text::Cat(connected.message()));
    }
  }
  if ((events & EPOLLOUT) != 0 && !request_.empty()) Write();
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) peer_ended_ = true;
  if (peer_ended_ || (events & EPOLLIN) != 0) Read();
}

void Client::Write() {
  while (!request_.empty()) {
    const ssize_t written =
        ::send(socket_.get(), request_.data(), request_.size(), MSG_NOSIGNAL);
    // A failure shows when reading, together with what was answered before.
    if (written < 0) return;
    request_.remove_prefix(static_cast<std::size_t>(written));
  }
}

void Client::Read() {
  std::array<char, kReadSize>& buffer = ReadBuffer();
  while (socket_.open()) {
    const ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return OnEnd(got == 0 ? End::kOrderly : End::kReset);
    if (!busy_) {
      // Bytes that nobody asked for: the connection is of no use.
      socket_.Close();
      return;
    }
    const State state = response_.Feed(
        std::string_view(buffer.data(), static_cast<std::size_t>(got)));
    if (state == State::kInvalid) {
      socket_.Close();
      return Finish(Fate::kInvalid, "not an HTTP answer");
    }
    if (!first_event_seen_ && response_.events().events() > 0) {
      first_event_seen_ = true;
      owner_.OnFirstEvent(*this);
    }
    // Nothing follows a whole answer but the peer's end, which it knows.
    if (state == State::kComplete) return OnAnswer();
    // A short read has emptied the socket (epoll(7), question 9).
    if (!peer_ended_ && static_cast<std::size_t>(got) < buffer.size()) return;
  }
}

void Client::OnAnswer() {
  if (!response_.keeps_open()) {
    socket_.Close();
  } else if (peer_ended_) {
    // The server's end came with the answer: nothing was sent in vain.
    socket_.Close();
    owner_.OnIdleClose(*this);
  }
  if (response_.status() / 100 != 2) {
    return Finish(Fate::kStatus,
                  text::Cat(response_.status(), " ", response_.error_body()));
  }
  if (response_.is_stream()) {
    if (response_.events().error()) return Finish(Fate::kSseError, "");
    if (!response_.events().terminated()) {
      return Finish(Fate::kTruncated, "ended cleanly without [DONE]");
    }
  }
  Finish(Fate::kOk, "");
}

void Client::OnEnd(End end) {
  const std::string why = end == End::kReset ? strerror(errno) : "closed";
  socket_.Close();
  if (!busy_) return owner_.OnIdleClose(*this);
  switch (response_.End()) {
    case State::kNothing:
      return Finish(Fate::kLost, why);
    case State::kComplete:
      return OnAnswer();
    case State::kHead:
    case State::kBody:
    case State::kInvalid:
      break;
  }
  if (response_.events().error()) return Finish(Fate::kSseError, "");
  Finish(end == End::kReset ? Fate::kReset : Fate::kTruncated, why);
}

void Client::Finish(Fate fate, std::string_view detail) {
  busy_ = false;
  request_ = {};
  owner_.OnDone(*this, fate, detail);
}

}  // namespace weir::bench
