// The exchange over HTTP/1.1, on pooled connections.
#ifndef WEIR_DATAPLANE_ATTEMPT_HTTP_UPSTREAM_H_
#define WEIR_DATAPLANE_ATTEMPT_HTTP_UPSTREAM_H_

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "common/random.h"
#include "dataplane/attempt/connection_pool.h"
#include "dataplane/attempt/upstream.h"
#include "dataplane/io/task.h"
#include "dataplane/io/timer_wheel.h"

namespace weir::dataplane {

// A reused connection that dies before its first byte is replaced by a fresh
// one, once and without counting: the provider closed it while the request was
// on its way.
class HttpUpstream final : public Upstream {
 public:
  // All outlive this.
  HttpUpstream(asio::io_context& loop, io::TimerWheel& wheel, Random& random)
      : loop_(loop), wheel_(wheel), random_(random) {}

  io::Task<SendResult> Send(const ProviderEntry& provider,
                            const UpstreamRequest& request,
                            Interrupt& interrupt,
                            TargetCounters& counters) override;

 private:
  using Pool = std::shared_ptr<ConnectionPool>;
  using ConnectionOrFailure =
      std::variant<std::unique_ptr<Connection>, Failure>;

  const Pool& PoolOf(const ProviderEntry& provider);
  io::Task<ConnectionOrFailure> Connect(const ProviderEntry& provider,
                                        ConnectionPool& pool,
                                        Interrupt& interrupt);

  asio::io_context& loop_;
  io::TimerWheel& wheel_;
  Random& random_;
  // Shared with exchanges, which may outlive a provider's configuration.
  absl::flat_hash_map<std::string, Pool> pools_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_HTTP_UPSTREAM_H_
