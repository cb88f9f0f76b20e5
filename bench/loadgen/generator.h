// Gives the requests out: at a constant rate, whatever the server does, or as
// fast as the connections allow.
#ifndef WEIR_BENCH_LOADGEN_GENERATOR_H_
#define WEIR_BENCH_LOADGEN_GENERATOR_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/event_loop/event_loop.h"
#include "bench/loadgen/client.h"
#include "bench/loadgen/request_text.h"
#include "bench/loadgen/results.h"

namespace weir::bench {

struct Plan {
  // Requests a second; nullopt: each connection sends the next request as soon
  // as the last was answered.
  std::optional<double> rate;
  std::size_t connections = 64;  // At most.
  double sse_share = 0;          // Of all requests, in [0, 1].
  double leave_share = 0;        // Of streams: left after their first event.
  Nanoseconds warmup{0};
  Nanoseconds duration{0};  // With the warm-up; > 0.
  Nanoseconds timeout{0};   // Of one request, from its sending; > 0.
  // What still runs at the end is awaited, or cut.
  enum class Tail { kAwait, kCut } tail = Tail::kAwait;
};

// With a rate the load is open-loop: request i is due at i / rate, however late
// the answers are; it waits for a free connection if need be, and its latency
// counts from when it was due. Slow answers therefore can't hide themselves by
// keeping later requests back (coordinated omission).
//
// Thread safety: lives on one loop, which it stops when all is done.
class Generator final : public ClientOwner {
 public:
  Generator(EventLoop& loop, const Plan& plan, const Target& target,
            const RequestShape& shape, const std::string& counted_header);

  void Start();
  // The plan's end is now: what is under way is awaited, or cut, as planned.
  // From any thread, and from a signal handler.
  void EndEarly() { ends_early_ = true; }
  const Results& results() const { return results_; }

  void OnDone(Client& client, Fate fate, std::string_view detail) override;
  void OnFirstEvent(Client& client) override;
  void OnIdleClose(Client&) override { ++results_.idle_closes; }
  void OnConnect() override { ++results_.connections_opened; }

 private:
  // Open loop.
  void OnDue();
  void SendDue();
  TimePoint DueTime(std::uint64_t index) const;
  // Closed loop: a connection joins.
  void OnJoin();

  // Aborts what takes too long, and ends the run when nothing is left.
  void OnSweep();
  void ObeyEndEarly();
  // Once the warm-up is over, notes how many events were in it.
  void EndWarmup();
  bool Over() const { return loop_.now() >= end_; }
  void Send(Client& client, TimePoint intended);
  Kind NextKind();
  void Leave(Client& client);
  Client& AddClient();

  EventLoop& loop_;
  const Plan plan_;
  const Target target_;
  // Each kind's in turns; none of a kind that the plan has no share for.
  const std::vector<std::string> json_requests_;
  const std::vector<std::string> sse_requests_;
  std::size_t turn_ = 0;
  const std::string counted_header_;
  Results results_;

  TimePoint start_;
  TimePoint end_;
  bool warm_ = false;
  std::atomic<bool> ends_early_ = false;
  std::uint64_t due_ = 0;        // Requests that have become due.
  std::deque<TimePoint> queue_;  // Due, waiting for a connection.
  double sse_debt_ = 0;
  double leave_debt_ = 0;
  std::vector<std::unique_ptr<Client>> clients_;
  std::deque<Client*> idle_;  // The longest idle first.
  // Closed loop: could not connect, and tries again at the next sweep.
  std::vector<Client*> resting_;
  std::size_t busy_ = 0;
  Timer pace_;
  Timer sweep_;
};

}  // namespace weir::bench

#endif  // WEIR_BENCH_LOADGEN_GENERATOR_H_
