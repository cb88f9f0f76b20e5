// The exchange over HTTP/1.1, on pooled connections.
#ifndef WEIR_DATAPLANE_ATTEMPT_HTTP_UPSTREAM_H_
#define WEIR_DATAPLANE_ATTEMPT_HTTP_UPSTREAM_H_

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>

#include "common/random.h"
#include "dataplane/attempt/connection_pool.h"
#include "dataplane/attempt/upstream.h"
#include "dataplane/io/task.h"
#include "dataplane/io/timer_wheel.h"

namespace weir::dataplane {

class HttpExchange;

// A reused connection that dies before its first byte is replaced by a fresh
// one, once and without counting: the provider closed it while the request was
// on its way.
class HttpUpstream final : public Upstream {
 public:
  // All outlive this.
  HttpUpstream(asio::io_context& loop, io::TimerWheel& wheel, Random& random)
      : loop_(loop), wheel_(wheel), random_(random) {}

  io::Task<SendResult> Send(const ProviderEntry& provider,
                            UpstreamRequest request, Interrupt& interrupt,
                            TargetCounters& counters) override;

 private:
  using Pool = std::shared_ptr<ConnectionPool>;
  using ConnectionOrFailure =
      std::variant<std::unique_ptr<Connection>, Failure>;

  // Good until the next call.
  const Pool& PoolOf(const ProviderEntry& provider);
  const Pool& FindPool(const ProviderEntry& provider);
  // On an idle connection; null where there is none.
  static std::unique_ptr<HttpExchange> Reuse(const Pool& pool,
                                             Interrupt& interrupt);
  io::Task<ConnectionOrFailure> Connect(const ProviderEntry& provider,
                                        ConnectionPool& pool,
                                        Interrupt& interrupt);

  asio::io_context& loop_;
  io::TimerWheel& wheel_;
  Random& random_;
  // By the provider's name. Shared with exchanges, which may outlive a
  // provider's configuration.
  std::unordered_map<std::string, Pool> pools_;
  // Those that were found last, by the entry's serial number: a name costs 300
  // instructions. Of pools_, and none that leads elsewhere.
  struct Found {
    std::uint64_t serial = 0;
    const Pool* pool = nullptr;
  };
  std::array<Found, 64> found_{};
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_HTTP_UPSTREAM_H_
