#include "common/tls_front/tls_front.h"

#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/tls/identity.h"
#include "common/tls/server_context.h"
#include "common/tls_front/handshake.h"

namespace weir::tls_front {
namespace {

// With two descriptors a connection in each of two tables, none of them holds
// more than the process's own, which has one.
constexpr int kThreads = 2;

}  // namespace

absl::StatusOr<std::unique_ptr<TlsFront>> TlsFront::Start(Options options) {
  absl::StatusOr<Channel> channel = MakeChannel();
  if (!channel.ok()) return channel.status();
  OwnedFd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (wake.get() < 0) {
    return absl::UnavailableError(
        absl::StrCat("eventfd: ", std::strerror(errno)));
  }
  std::unique_ptr<TlsFront> front(
      new TlsFront(std::move(options), *std::move(channel), std::move(wake)));
  if (absl::Status fine = front->StartThreads(); !fine.ok()) return fine;
  return front;
}

absl::Status TlsFront::StartThreads() {
  {
    MutexLock lock(&mutex_);
    identity_ = options_.identity->Current();
    absl::StatusOr<tls::ContextPtr> context = MakeContext(*identity_);
    if (!context.ok()) return context.status();
    context_ = *std::move(context);
  }
  for (int i = 0; i < kThreads; ++i) {
    absl::StatusOr<std::unique_ptr<FrontThread>> thread = FrontThread::Start(
        {[this] { return Context(); }, options_.handshake_timeout,
         channel_.sender.get(), &counts_});
    if (!thread.ok()) return thread.status();
    threads_.push_back(*std::move(thread));
  }
  hand_over_thread_ = std::thread([this] { HandOverAll(); });
  return absl::OkStatus();
}

TlsFront::~TlsFront() {
  StopTaking();
  Close(absl::ZeroDuration());
}

void TlsFront::Take(int fd) {
  OwnedFd socket(fd);
  FrontThread& least = **std::min_element(
      threads_.begin(), threads_.end(),
      [](const auto& a, const auto& b) { return a->open() < b->open(); });
  const absl::Status taken = least.Take(std::move(socket));
  if (taken.ok()) return;
  counts_.Add({Refusal::kNoRoom, std::string(taken.message())}, "",
              SystemClock().Now());
}

absl::StatusOr<tls::ContextPtr> TlsFront::MakeContext(
    const tls::Identity& identity) const {
  absl::StatusOr<tls::ContextPtr> context =
      tls::MakeGrpcContext(identity, options_.client_certificate);
  if (context.ok()) Handshake::Prepare(context->get());
  return context;
}

tls::ContextPtr TlsFront::Context() {
  std::shared_ptr<const tls::Identity> current = options_.identity->Current();
  MutexLock lock(&mutex_);
  if (current == identity_) return context_;
  // What can't be used is not tried again, and what was before serves.
  identity_ = std::move(current);
  absl::StatusOr<tls::ContextPtr> context = MakeContext(*identity_);
  if (context.ok()) {
    context_ = *std::move(context);
  } else {
    spdlog::error("{}; going on with the certificate of before",
                  std::string(context.status().message()));
  }
  return context_;
}

void TlsFront::HandOverAll() {
  pollfd waits[] = {{channel_.receiver.get(), POLLIN, 0},
                    {wake_.get(), POLLIN, 0}};
  for (;;) {
    poll(waits, 2, -1);
    if (waits[1].revents != 0) return;
    Received received = ReceiveDescriptor(channel_.receiver.get());
    switch (received.what) {
      case Received::What::kNothing:
        break;
      case Received::What::kLost:
        // The peer's connection ends by it: the other end is alone.
        counts_.Add({Refusal::kNoRoom, "no descriptor is left"}, "",
                    SystemClock().Now());
        break;
      case Received::What::kDescriptor: {
        MutexLock lock(&hand_over_mutex_);
        // After that there is nobody for it, and its peer learns so.
        if (!stopped_) options_.hand_over(received.fd.Release());
        break;
      }
    }
  }
}

void TlsFront::StopTaking() {
  for (const auto& thread : threads_) thread->StopTaking();
  MutexLock lock(&hand_over_mutex_);
  stopped_ = true;
}

void TlsFront::Close(absl::Duration at_most) {
  const absl::Time deadline = SystemClock().Now() + at_most;
  for (const auto& thread : threads_) thread->Close(deadline);
  if (!hand_over_thread_.joinable()) return;
  // The counter can't overflow, so the write can't fail.
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written =
      write(wake_.get(), &one, sizeof(one));
  hand_over_thread_.join();
}

bool TlsFront::owns_descriptors() const {
  return std::all_of(threads_.begin(), threads_.end(), [](const auto& thread) {
    return thread->owns_descriptors();
  });
}

std::size_t TlsFront::open() const {
  std::size_t open = 0;
  for (const auto& thread : threads_) open += thread->open();
  return open;
}

}  // namespace weir::tls_front
