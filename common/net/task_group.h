// The owner of coroutines.
#ifndef WEIR_COMMON_NET_TASK_GROUP_H_
#define WEIR_COMMON_NET_TASK_GROUP_H_

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>

namespace weir::net {

// Runs coroutines that nobody awaits, can end them all, and knows when they
// have ended. What a task refers to must live until then: Cancel() and one of
// the waits come before anything of that is destroyed.
//
// A task that Cancel() ends may do so by throwing; that is swallowed. What any
// other task throws is a defect and comes out of the loop's run(), whose owner
// decides; the group itself stays intact.
//
// Thread safety: `executor` runs one handler at a time (a single-threaded
// io_context, a strand). Spawn(), Cancel(), Wait() and size() are called from
// there, CancelAndBlock() from another thread.
class TaskGroup {
 public:
  explicit TaskGroup(boost::asio::any_io_executor executor);
  // Cancels what still runs; does not wait for it. REQUIRES: called as Cancel()
  // is, or the loop runs no more; the loop itself still exists.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts `task` on the executor, now or at its next turn. After Cancel() a
  // task that has not started is dropped.
  void Spawn(boost::asio::awaitable<void> task);

  // Cancels every task: what it waits for ends with operation_aborted, and so
  // does everything it waits for afterwards.
  void Cancel();

  // Until no task is left. Not for a task of this group.
  boost::asio::awaitable<void> Wait();

  // Cancels, and returns when no task is left. REQUIRES: the executor's loop
  // runs in another thread until this returns.
  void CancelAndBlock();

  // Tasks that have not ended.
  std::size_t size() const;

 private:
  struct State;

  static boost::asio::awaitable<void> StartUnlessCancelled(
      std::shared_ptr<State> state, boost::asio::awaitable<void> task);

  std::shared_ptr<State> state_;
};

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_TASK_GROUP_H_
