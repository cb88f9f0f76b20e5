// Tells who has become readable or writable.
#ifndef WEIR_DATAPLANE_IO_REACTOR_H_
#define WEIR_DATAPLANE_IO_REACTOR_H_

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <boost/asio/detail/reactor.hpp>
#include <boost/asio/detail/reactor_op.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "common/mutex.h"

namespace weir::dataplane::io {

namespace asio = boost::asio;

// One epoll instance beside Asio's, on the same loop: a descriptor is entered
// once for its life, edge-triggered, and its owner reads and writes when told.
// Asio itself reads and writes at once and waits only when that fails, which
// costs a request two system calls that find nothing; and it does not ask to be
// told of a peer's end (EPOLLRDHUP), without which nobody may wait for the next
// edge after a short read.
//
// Its own descriptor stands in Asio's epoll instance, where readiness of one is
// readiness of the other. A turn of Asio's loop costs one epoll_wait() more,
// and takes all that is ready. Where much happens, SetLinger() spares that:
// what comes next is then waited for here.
//
// A service of the io_context: `asio::use_service<Reactor>(context)`. But for
// Submit() used on the thread that runs the loop alone.
class Reactor final : public asio::execution_context::service {
 public:
  class Listener {
   public:
    // `events` are epoll's. May destroy the listener.
    virtual void OnReady(std::uint32_t events) = 0;

   protected:
    ~Listener() = default;
  };

  static asio::execution_context::id id;

  explicit Reactor(asio::execution_context& context);
  ~Reactor() override;

  // Tells `listener` of each edge, until Remove(). What is ready already is
  // told too. False when the kernel refuses.
  bool Add(int descriptor, Listener& listener);
  // Tells `listener` of what is ready once more, in a later turn of the loop.
  void TellAgain(int descriptor, Listener& listener);
  // Nothing is told after that. REQUIRES: called before the descriptor is
  // closed.
  void Remove(int descriptor, const Listener& listener);

  // Calls `task` when what is under way has come to an end.
  template <typename Task>
  void Post(Task task) {
    asio_is_due_ = true;
    asio::post(static_cast<asio::io_context&>(context()), std::move(task));
  }

  // Calls `task` on the loop's thread, before it tells of anything that becomes
  // ready from now on. From any thread.
  void Submit(std::function<void()> task);

  // Which batch of what is ready is being told, a number of its own each;
  // kNoTurn between two of them.
  static constexpr std::uint64_t kNoTurn = 0;
  std::uint64_t turn() const { return turn_; }

  // Whether to wait for what comes next before Asio has its turn, which it gets
  // every kTick while anything comes. For a loop on which Asio has little to do
  // but timers, which may be late by so much. Whoever has Asio wait for more is
  // a Guest meanwhile.
  void SetLinger(bool linger) { lingers_ = linger; }
  // As long as it lives, Asio waits for something of its own.
  class Guest {
   public:
    explicit Guest(Reactor& reactor) : reactor_(reactor) { ++reactor_.guests_; }
    ~Guest() { --reactor_.guests_; }
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;

   private:
    Reactor& reactor_;
  };

 private:
  // How Asio calls us: an operation that is never done.
  struct Readable : asio::detail::reactor_op {
    explicit Readable(Reactor& owner);
    static status Perform(asio::detail::reactor_op* self);
    Reactor& reactor;
  };

  // What Submit() makes ready, so that the wait ends.
  struct WakeEvent final : Listener {
    void OnReady(std::uint32_t /*events*/) override {}
  };
  // Tells of the end of a tick. A timer of its own, which goes on by itself:
  // one for each wait, as epoll_wait() sets for its timeout, costs more than
  // the call that lingering spares, above all in a virtual machine.
  class Tick final : public Listener {
   public:
    explicit Tick(Reactor& owner) : reactor_(owner) {}
    void OnReady(std::uint32_t events) override;

   private:
    Reactor& reactor_;
  };

  void shutdown() override {}
  void Dispatch();
  // Tells what is ready.
  enum class Patience { kNone, kUntilSomethingIs };
  void TellReady(Patience patience);
  bool MayLinger();
  void SetTicking(bool ticking);
  void CallSubmitted();

  static constexpr std::size_t kBatch = 256;
  // As often as the timer wheel looks at its deadlines. Each is a wake-up where
  // little happens: of 10 ms they took a fiftieth of all CPU time there.
  static constexpr std::chrono::milliseconds kTick{25};
  // So many turns of Asio's are not lingered in after a tick in which nothing
  // came: at few requests a second it would be a wake-up more for each.
  static constexpr int kTurnsAfterNothing = 32;

  asio::detail::reactor& asio_reactor_;
  const int epoll_;
  const int wake_;
  const int timer_;
  WakeEvent wake_event_;
  Tick tick_{*this};
  asio::detail::reactor::per_descriptor_data registration_{};
  std::array<epoll_event, kBatch> ready_;
  // Of `ready_`: [next_, count_) have not been told.
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  std::uint64_t turn_ = kNoTurn;
  std::uint64_t last_turn_ = kNoTurn;

  Mutex mutex_;
  std::vector<std::function<void()>> submitted_ ABSL_GUARDED_BY(mutex_);
  // Looked at without the lock; it is not there for the others.
  std::atomic<bool> has_submitted_{false};

  bool lingers_ = false;
  // Something waits for Asio's turn.
  bool asio_is_due_ = false;
  int guests_ = 0;
  // The timer is set.
  bool ticking_ = false;
  // Batches since the last tick, the one with the tick included.
  int batches_ = 0;
  int turns_to_skip_ = 0;
};

}  // namespace weir::dataplane::io

#endif  // WEIR_DATAPLANE_IO_REACTOR_H_
