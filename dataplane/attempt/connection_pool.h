// Kept-alive connections to one provider.
#ifndef WEIR_DATAPLANE_ATTEMPT_CONNECTION_POOL_H_
#define WEIR_DATAPLANE_ATTEMPT_CONNECTION_POOL_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>

#include "absl/time/time.h"
#include "common/net/dial_plan.h"
#include "common/net/tls.h"
#include "dataplane/http1/repeated_response_head.h"
#include "dataplane/io/stream.h"
#include "dataplane/io/timer_wheel.h"

namespace weir::dataplane {

class ConnectionPool;

// One connection and what must be known to use it again.
struct Connection {
  std::shared_ptr<io::Stream> stream;
  // After this it is not used again: providers recycle their ends too, and
  // names move.
  absl::Time retire_at;
  std::uint32_t requests = 0;
  // The answer's head, which outlives the input buffer; the next one is
  // compared with it.
  http1::RepeatedResponseHead heads;
};

struct PoolParams {
  // Below what providers and load balancers close at (60 s and more), so that
  // a request rarely meets a closing connection.
  absl::Duration idle_limit = absl::Seconds(30);
  absl::Duration max_age = absl::Minutes(10);
  std::uint32_t max_requests = 1000;
  // Connections beyond are closed instead of kept.
  std::size_t max_idle = 512;
};

// Last in, first out, so that the surplus of a peak grows old and goes. An idle
// connection that ends or speaks is dropped at once: bytes nobody asked for
// would be read as the answer to the next request.
//
// Not thread-safe; one per worker and provider.
class ConnectionPool {
 public:
  // `wheel` outlives this.
  ConnectionPool(net::DialPlan plan, io::TimerWheel& wheel,
                 PoolParams params = {});
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // Its connections lead where `plan` leads.
  bool LeadsTo(const net::DialPlan& plan) const;

  // An idle connection, or null.
  std::unique_ptr<Connection> Take();
  // REQUIRES: nothing of an earlier answer is on its way. `peer_limit`: what
  // the provider said of how long it keeps idle connections.
  void Put(std::unique_ptr<Connection> connection,
           absl::Duration peer_limit = absl::InfiniteDuration());

  // How old a new connection may become; `random` in [0, 1) spreads them.
  absl::Time RetireAt(double random) const;

  const net::DialPlan& plan() const { return plan_; }
  net::TlsSessionCache* tls_sessions() { return tls_sessions_.get(); }
  std::size_t idle_count() const { return idle_.size(); }

 private:
  // An idle connection and the one who listens to it.
  struct Idle final : io::Stream::Watcher {
    void OnInputOrEnd() override { pool->Drop(*this); }

    ConnectionPool* pool;
    std::unique_ptr<Connection> connection;
    absl::Time expires_at;
    std::list<Idle>::iterator place;
  };

  void Drop(Idle& idle);
  void DropExpired();

  const net::DialPlan plan_;
  const PoolParams params_;
  io::TimerWheel& wheel_;
  std::unique_ptr<net::TlsSessionCache> tls_sessions_;
  // The longest idle first.
  std::list<Idle> idle_;
  // Nodes for the next ones.
  std::list<Idle> unused_;
  io::TimerWheel::Timer sweep_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_CONNECTION_POOL_H_
