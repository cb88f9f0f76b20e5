// Carries the access log from the workers to its file.
#ifndef WEIR_DATAPLANE_ACCESS_ACCESS_LOG_CARRIER_H_
#define WEIR_DATAPLANE_ACCESS_ACCESS_LOG_CARRIER_H_

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/access/access_log.h"
#include "dataplane/access/access_log_file.h"

namespace weir::dataplane {

// Asks each worker now and then, so that no worker waits for the file.
//
// Thread safety: `executor` runs one handler at a time; everything is called
// from there.
class AccessLogCarrier {
 public:
  // What Worker::TakeAccessLog() is: calls its argument once, on any thread.
  using Source = std::function<void(std::function<void(AccessLog::Lines)>)>;

  static constexpr absl::Duration kEvery = absl::Milliseconds(200);

  // Begins at once.
  AccessLogCarrier(boost::asio::any_io_executor executor,
                   std::unique_ptr<AccessLogFile> file,
                   std::vector<Source> sources, absl::Duration every = kEvery);
  // Writes what it was given; the sources are not asked any more.
  ~AccessLogCarrier();
  AccessLogCarrier(const AccessLogCarrier&) = delete;
  AccessLogCarrier& operator=(const AccessLogCarrier&) = delete;

  void Write(AccessLog::Lines lines);

  std::uint64_t lines_written() const;
  // By a worker or on the way to the file.
  std::uint64_t lines_dropped() const;

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ACCESS_ACCESS_LOG_CARRIER_H_
