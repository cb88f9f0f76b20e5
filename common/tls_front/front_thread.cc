#include "common/tls_front/front_thread.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/tls_front/peer.h"

namespace weir::tls_front {
namespace {

// A handshake takes up to 60 kB, which the heap never gives back.
constexpr std::size_t kMaxHandshakes = 128;
// What the server said last, for peers that are slow to take it.
constexpr absl::Duration kFlushTime = absl::Seconds(5);
// Where a channel is full somebody is busy, not gone.
constexpr absl::Duration kSendTime = absl::Seconds(1);
// Names of a certificate that gRPC takes in a header (16 KiB for all of them).
constexpr std::size_t kMaxPeerField = 4096;

#ifdef __SANITIZE_THREAD__
// It takes a descriptor's number for the whole process's, whose table it is in.
constexpr bool kOwnsTable = false;
#else
constexpr bool kOwnsTable = true;
#endif

// OpenSSL writes to sockets as to files. A signal of that kind comes to the
// thread that wrote.
void BlockBrokenPipes() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

// epoll's tags: a connection's address, whose lowest bit is the socket, or one
// of these.
constexpr std::uint64_t kServerBit = 1;
constexpr std::uint64_t kWakeTag = 2;
constexpr std::uint64_t kChannelTag = 4;

std::uint64_t TagOf(const Connection* connection) {
  return reinterpret_cast<std::uint64_t>(connection);
}

}  // namespace

absl::StatusOr<std::unique_ptr<FrontThread>> FrontThread::Start(
    Options options) {
  absl::StatusOr<Channel> channel = MakeChannel();
  if (!channel.ok()) return channel.status();
  OwnedFd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (wake.get() < 0) {
    return absl::UnavailableError(
        absl::StrCat("eventfd: ", std::strerror(errno)));
  }
  std::unique_ptr<FrontThread> front(new FrontThread(
      std::move(options), *std::move(channel), std::move(wake)));
  front->thread_ = std::thread([raw = front.get()] { raw->Run(); });
  front->started_.wait();
  if (front->epoll_.get() >= 0) return front;
  return absl::UnavailableError("epoll could not be set up");
}

FrontThread::~FrontThread() { Close(absl::InfinitePast()); }

absl::Status FrontThread::Take(OwnedFd socket) {
  ++open_;
  absl::Status sent =
      SendDescriptor(channel_.sender.get(), socket.get(), kSendTime);
  if (!sent.ok()) --open_;
  return sent;
}

void FrontThread::StopTaking() {
  taking_ = false;
  Wake();
}

void FrontThread::Close(absl::Time deadline) {
  if (!thread_.joinable()) return;
  taking_ = false;
  close_by_ = deadline;
  closing_ = true;
  Wake();
  thread_.join();
}

void FrontThread::Wake() const {
  // The counter can't overflow, so the write can't fail.
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written =
      write(wake_.get(), &one, sizeof(one));
}

bool FrontThread::Done() const {
  return closing_ && (connections_.empty() || clock_.Now() >= close_by_);
}

int FrontThread::WaitMs() const {
  if (!again_.empty()) return 0;
  absl::Time until = closing_ ? close_by_ : absl::InfiniteFuture();
  if (!deadlines_.empty()) until = std::min(until, deadlines_.begin()->first);
  if (until == absl::InfiniteFuture()) return -1;
  const absl::Duration wait =
      std::clamp(until - clock_.Now(), absl::ZeroDuration(), absl::Hours(1));
  return static_cast<int>(
      absl::ToInt64Milliseconds(absl::Ceil(wait, absl::Milliseconds(1))));
}

void FrontThread::Run() {
  BlockBrokenPipes();
  owns_descriptors_ =
      kOwnsTable && OwnDescriptorTable({channel_.receiver.get(), wake_.get(),
                                        options_.hand_over});
  epoll_ = OwnedFd(epoll_create1(EPOLL_CLOEXEC));
  std::uint32_t known = 0;
  Tell(wake_.get(), known, EPOLLIN, kWakeTag);
  known = 0;
  Tell(channel_.receiver.get(), known, EPOLLIN, kChannelTag);
  started_.count_down();
  std::array<epoll_event, 256> events;
  while (epoll_.get() >= 0 && !Done()) {
    const int count = epoll_wait(epoll_.get(), events.data(),
                                 static_cast<int>(events.size()), WaitMs());
    for (int i = 0; i < count; ++i) {
      const std::uint64_t tag = events[static_cast<std::size_t>(i)].data.u64;
      Dispatch(tag, reinterpret_cast<Connection*>(tag & ~kServerBit));
    }
    for (Connection* const connection : std::exchange(again_, {})) {
      if (connection->stage == Connection::Stage::kRelay) OnPeer(*connection);
      if (connection->stage == Connection::Stage::kRelay) OnServer(*connection);
    }
    if (!taking_) CloseUnfinished();
    CloseOverdue();
    BeginQueued();
    buried_.clear();
  }
  // Here, for the descriptors are of this thread's table.
  open_ -= connections_.size();
  connections_.clear();
  epoll_.Close();
}

void FrontThread::Dispatch(std::uint64_t tag, Connection* connection) {
  if (tag == kWakeTag) {
    std::uint64_t times = 0;
    [[maybe_unused]] const ssize_t taken =
        read(wake_.get(), &times, sizeof(times));
  } else if (tag == kChannelTag) {
    ReceiveAll();
  } else if ((tag & kServerBit) != 0) {
    OnServer(*connection);
  } else {
    OnPeer(*connection);
  }
}

void FrontThread::ReceiveAll() {
  for (;;) {
    Received received = ReceiveDescriptor(channel_.receiver.get());
    switch (received.what) {
      case Received::What::kNothing:
        return;
      case Received::What::kLost:
        --open_;
        options_.counts->Add({Refusal::kNoRoom, "no descriptor is left"}, "",
                             clock_.Now());
        break;
      case Received::What::kDescriptor:
        Begin(std::move(received.fd));
        break;
    }
  }
}

void FrontThread::Begin(OwnedFd socket) {
  if (!taking_) {
    --open_;
    return;
  }
  auto made = std::make_unique<Connection>();
  Connection& connection = *made;
  connection.peer = std::move(socket);
  connections_.emplace(&connection, std::move(made));
  SetDeadline(connection, clock_.Now() + options_.handshake_timeout);
  Watch(connection, EPOLLIN, 0);
}

void FrontThread::OnPeer(Connection& connection) {
  switch (connection.stage) {
    case Connection::Stage::kSilent:
      return OnSpeaks(connection);
    case Connection::Stage::kHandshake:
      return StepHandshake(connection);
    case Connection::Stage::kRelay:
      return Obey(connection, connection.relay->OnPeer(scratch_));
    case Connection::Stage::kQueued:
    case Connection::Stage::kClosed:
      return;
  }
}

void FrontThread::OnServer(Connection& connection) {
  if (connection.stage != Connection::Stage::kRelay) return;
  Obey(connection, connection.relay->OnServer(scratch_));
}

void FrontThread::OnSpeaks(Connection& connection) {
  if (queue_.empty() && handshakes_ < kMaxHandshakes) {
    return BeginHandshake(connection);
  }
  connection.stage = Connection::Stage::kQueued;
  connection.number = next_number_++;
  queue_.emplace(connection.number, &connection);
  SetDeadline(connection, clock_.Now() + options_.handshake_timeout);
  Watch(connection, 0, 0);
}

void FrontThread::BeginQueued() {
  while (!queue_.empty() && handshakes_ < kMaxHandshakes) {
    Connection& next = *queue_.begin()->second;
    queue_.erase(queue_.begin());
    BeginHandshake(next);
  }
}

void FrontThread::BeginHandshake(Connection& connection) {
  connection.stage = Connection::Stage::kHandshake;
  ++handshakes_;
  connection.handshake =
      std::make_unique<Handshake>(options_.context(), connection.peer.get());
  SetDeadline(connection, clock_.Now() + options_.handshake_timeout);
  StepHandshake(connection);
}

void FrontThread::StepHandshake(Connection& connection) {
  switch (connection.handshake->Step(clock_.WallNow())) {
    case Handshake::Next::kAwaitReadable:
      return Watch(connection, EPOLLIN, 0);
    case Handshake::Next::kAwaitWritable:
      return Watch(connection, EPOLLOUT, 0);
    case Handshake::Next::kFailed:
      return Fail(connection, connection.handshake->failure());
    case Handshake::Next::kDone:
      return HandOver(connection);
  }
}

void FrontThread::HandOver(Connection& connection) {
  const std::string field = PeerField({PeerAddress(connection.peer.get()),
                                       connection.handshake->Certificate()});
  if (field.size() > kMaxPeerField) {
    return Fail(connection, {Refusal::kBadCertificate,
                             "its certificate has too many names"});
  }
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                 ends) != 0) {
    return Fail(
        connection,
        {Refusal::kNoRoom, absl::StrCat("socketpair: ", std::strerror(errno))});
  }
  OwnedFd ours(ends[0]);
  const OwnedFd servers(ends[1]);
  const absl::Status sent =
      SendDescriptor(options_.hand_over, servers.get(), kSendTime);
  if (!sent.ok()) {
    return Fail(connection, {Refusal::kNoRoom, std::string(sent.message())});
  }
  options_.counts->AddSuccess();
  connection.relay = std::make_unique<Relay>(
      connection.handshake->TakeSession(), std::move(ours), field);
  EndHandshake(connection);
  connection.stage = Connection::Stage::kRelay;
  SetDeadline(connection, absl::InfiniteFuture());
  // Its first call may have come with the end of the handshake.
  Obey(connection, connection.relay->OnPeer(scratch_));
}

void FrontThread::EndHandshake(Connection& connection) {
  connection.handshake.reset();
  --handshakes_;
}

void FrontThread::Obey(Connection& connection, Relay::Next next) {
  if (next == Relay::Next::kClosed) return CloseOne(connection);
  if (next == Relay::Next::kMore) again_.push_back(&connection);
  if (connection.relay->flushing() &&
      connection.deadline == absl::InfiniteFuture()) {
    SetDeadline(connection, clock_.Now() + kFlushTime);
  }
  Watch(connection, connection.relay->peer_events(),
        connection.relay->server_events());
}

void FrontThread::Fail(Connection& connection, const Failure& failure) {
  options_.counts->Add(failure, PeerAddress(connection.peer.get()),
                       clock_.Now());
  CloseOne(connection);
}

void FrontThread::CloseOne(Connection& connection) {
  if (connection.stage == Connection::Stage::kHandshake) {
    EndHandshake(connection);
  }
  if (connection.stage == Connection::Stage::kQueued) {
    queue_.erase(connection.number);
  }
  connection.stage = Connection::Stage::kClosed;
  SetDeadline(connection, absl::InfiniteFuture());
  // A socket would leave epoll with its last descriptor alone, and who sent it
  // here may still have one.
  Watch(connection, 0, 0);
  connection.relay.reset();
  connection.peer.Close();
  std::erase(again_, &connection);
  const auto found = connections_.find(&connection);
  buried_.push_back(std::move(found->second));
  connections_.erase(found);
  --open_;
}

void FrontThread::CloseUnfinished() {
  // Each of them has a deadline, which few of the others have.
  std::vector<Connection*> unfinished;
  for (const auto& [when, connection] : deadlines_) {
    if (connection->stage != Connection::Stage::kRelay) {
      unfinished.push_back(connection);
    }
  }
  for (Connection* const connection : unfinished) CloseOne(*connection);
}

void FrontThread::CloseOverdue() {
  const absl::Time now = clock_.Now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    Connection& connection = *deadlines_.begin()->second;
    if (connection.stage == Connection::Stage::kRelay) {
      CloseOne(connection);
    } else {
      Fail(connection, {Refusal::kTooSlow, "its handshake took too long"});
    }
  }
}

void FrontThread::SetDeadline(Connection& connection, absl::Time deadline) {
  if (connection.deadline != absl::InfiniteFuture()) {
    deadlines_.erase({connection.deadline, &connection});
  }
  connection.deadline = deadline;
  if (deadline != absl::InfiniteFuture()) {
    deadlines_.emplace(deadline, &connection);
  }
}

void FrontThread::Watch(Connection& connection, std::uint32_t peer_events,
                        std::uint32_t server_events) {
  Tell(connection.peer.get(), connection.peer_events, peer_events,
       TagOf(&connection));
  if (connection.relay == nullptr) return;
  Tell(connection.relay->server_fd(), connection.server_events, server_events,
       TagOf(&connection) | kServerBit);
}

void FrontThread::Tell(int fd, std::uint32_t& known, std::uint32_t wanted,
                       std::uint64_t tag) {
  if (wanted == known) return;
  epoll_event event{};
  event.events = wanted;
  event.data.u64 = tag;
  int operation = EPOLL_CTL_MOD;
  if (known == 0) operation = EPOLL_CTL_ADD;
  if (wanted == 0) operation = EPOLL_CTL_DEL;
  // Fails for want of memory only, and then a deadline ends it, or its peer.
  epoll_ctl(epoll_.get(), operation, fd, &event);
  known = wanted;
}

}  // namespace weir::tls_front
