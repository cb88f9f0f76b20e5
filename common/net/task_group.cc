#include "common/net/task_group.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <exception>
#include <future>
#include <list>
#include <memory>
#include <utility>

namespace weir::net {

namespace asio = boost::asio;

// Shared with every task's completion, which may come after the group.
struct TaskGroup::State {
  explicit State(asio::any_io_executor e)
      : executor(std::move(e)),
        ended(executor, asio::steady_timer::time_point::max()) {}

  void CancelAll() {
    cancelled = true;
    // A task may end, and leave the list, while its signal is emitted.
    for (auto it = tasks.begin(); it != tasks.end();) {
      (it++)->emit(asio::cancellation_type::terminal);
    }
  }

  asio::any_io_executor executor;
  // One signal a task; stable addresses, since a task's slot points into it.
  std::list<asio::cancellation_signal> tasks;
  bool cancelled = false;
  // Never expires; cancelled when the last task ends.
  asio::steady_timer ended;
};

// The first turn of a task comes after Spawn(), maybe after Cancel() too, when
// what the task refers to may be gone: it must not even start then.
asio::awaitable<void> TaskGroup::StartUnlessCancelled(
    std::shared_ptr<State> state, asio::awaitable<void> task) {
  if (!state->cancelled) co_await std::move(task);
}

TaskGroup::TaskGroup(asio::any_io_executor executor)
    : state_(std::make_shared<State>(std::move(executor))) {}

TaskGroup::~TaskGroup() { state_->CancelAll(); }

void TaskGroup::Spawn(asio::awaitable<void> task) {
  if (state_->cancelled) return;
  const auto self = state_->tasks.emplace(state_->tasks.end());
  auto on_end = [state = state_, self](std::exception_ptr thrown) {
    state->tasks.erase(self);
    if (state->tasks.empty()) state->ended.cancel();
    if (thrown && !state->cancelled) std::rethrow_exception(thrown);
  };
  asio::co_spawn(state_->executor,
                 StartUnlessCancelled(state_, std::move(task)),
                 asio::bind_cancellation_slot(self->slot(), std::move(on_end)));
}

void TaskGroup::Cancel() { state_->CancelAll(); }

asio::awaitable<void> TaskGroup::Wait() {
  const auto state = state_;
  while (!state->tasks.empty()) {
    co_await state->ended.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

void TaskGroup::CancelAndBlock() {
  std::promise<void> done;
  asio::post(state_->executor, [this, &done] {
    Cancel();
    asio::co_spawn(state_->executor, Wait(),
                   [&done](std::exception_ptr) { done.set_value(); });
  });
  done.get_future().wait();
}

std::size_t TaskGroup::size() const { return state_->tasks.size(); }

}  // namespace weir::net
