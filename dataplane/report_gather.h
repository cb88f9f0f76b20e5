// Asks all workers what they have seen.
#ifndef WEIR_DATAPLANE_REPORT_GATHER_H_
#define WEIR_DATAPLANE_REPORT_GATHER_H_

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {

// Merges the workers' reports. A worker that does not answer in time takes part
// with its last report, so that a stuck one neither hides the others nor makes
// counters go back.
//
// Thread safety: `executor` runs one handler at a time; everything is called
// from there.
class ReportGather {
 public:
  // What Worker::Collect() is: calls its argument once, on any thread.
  using Source = std::function<void(std::function<void(WorkerReport)>)>;

  // How long an answer may take. A worker's loop never blocks for milliseconds.
  static constexpr absl::Duration kLimit = absl::Seconds(1);

  ReportGather(boost::asio::any_io_executor executor,
               std::vector<Source> sources, absl::Duration limit = kLimit);
  // Whoever waits is not called any more.
  ~ReportGather();

  // Calls `done` on the executor, once, after the call has returned.
  void Gather(std::function<void(const WorkerReport&)> done);

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_REPORT_GATHER_H_
