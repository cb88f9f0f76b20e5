// What a provider saw, for tests to ask.
#ifndef WEIR_TESTS_SIMPROVIDER_STATS_H_
#define WEIR_TESTS_SIMPROVIDER_STATS_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/mutex.h"
#include "tests/simprovider/dialect/http_request.h"

namespace weir::simprovider {

// How a request ended.
enum class Outcome {
  kCompleted,
  kCancelled,  // The client left before the answer was through.
  kCut,        // By a fault.
};

struct Counts {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_closed = 0;
  std::uint64_t requests = 0;
  // On a connection that had served one before.
  std::uint64_t requests_reused = 0;
  std::uint64_t invalid = 0;  // Not HTTP as we understand it.
  std::uint64_t completed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t cut = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::map<std::string, std::map<int, std::uint64_t>, std::less<>> by_path;
  std::map<std::string, std::uint64_t, std::less<>> by_model;

  // The newest request: its number among all threads', 0 for none yet.
  std::uint64_t last_sequence = 0;
  std::string last_head;
  std::string last_body;  // At most the first 64 KiB.
  std::uint64_t last_body_bytes = 0;

  void Add(const Counts& other);
};

// One thread's share. Thread safety: written by its thread, read by any.
class Stats {
 public:
  void ConnectionOpened();
  void ConnectionClosed();
  void Invalid();
  enum class Connection { kFresh, kReused };
  void Began(const Request& request, std::uint64_t sequence,
             std::string_view model, int status, Connection connection);
  // `bytes_out`: of the answer, as far as it was sent.
  void Ended(Outcome outcome, std::uint64_t bytes_out);

  Counts Read() const;
  // Forgets all but what is open and in flight.
  void Reset();

 private:
  mutable Mutex mutex_;
  Counts counts_ ABSL_GUARDED_BY(mutex_);
};

// All threads' shares. Thread safety: AddThread() before threads run.
class StatsBoard {
 public:
  Stats& AddThread();
  // The number of the next request.
  std::uint64_t NextSequence() { return ++sequence_; }
  std::string ToJson(std::string_view provider) const;
  void Reset();

 private:
  std::vector<std::unique_ptr<Stats>> threads_;
  std::atomic<std::uint64_t> sequence_ = 0;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_STATS_H_
