#include "dataplane/attempt/connection_pool.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "common/net/dial.h"
#include "common/net/tls.h"
#include "dataplane/io/timer_wheel.h"

namespace weir::dataplane {
namespace {

constexpr absl::Duration kSweepInterval = absl::Seconds(1);
// Before the peer's own limit: a request must not cross its closing.
constexpr absl::Duration kPeerMargin = absl::Seconds(2);

bool SameProxy(const net::DialPlan& a, const net::DialPlan& b) {
  if (a.proxy.has_value() != b.proxy.has_value()) return false;
  return !a.proxy.has_value() ||
         (a.proxy->host == b.proxy->host && a.proxy->port == b.proxy->port);
}

}  // namespace

ConnectionPool::ConnectionPool(net::DialPlan plan, io::TimerWheel& wheel,
                               PoolParams params)
    : plan_(std::move(plan)),
      params_(params),
      wheel_(wheel),
      tls_sessions_(std::make_unique<net::TlsSessionCache>()),
      sweep_(
          wheel,
          [](void* self) { static_cast<ConnectionPool*>(self)->DropExpired(); },
          this) {}

ConnectionPool::~ConnectionPool() {
  for (Idle& idle : idle_) idle.connection->stream->Close();
}

bool ConnectionPool::LeadsTo(const net::DialPlan& plan) const {
  return plan_.url == plan.url && plan_.tls_context == plan.tls_context &&
         plan_.tls_server_name == plan.tls_server_name &&
         SameProxy(plan_, plan);
}

std::unique_ptr<Connection> ConnectionPool::Take() {
  if (idle_.empty()) return nullptr;
  Idle& idle = idle_.back();
  if (idle.expires_at <= wheel_.RoughNow()) {
    DropExpired();
    return nullptr;
  }
  idle.connection->stream->Watch(nullptr);
  std::unique_ptr<Connection> connection = std::move(idle.connection);
  unused_.splice(unused_.end(), idle_, idle.place);
  return connection;
}

void ConnectionPool::Put(std::unique_ptr<Connection> connection,
                         absl::Duration peer_limit) {
  const absl::Time now = wheel_.RoughNow();
  if (++connection->requests >= params_.max_requests ||
      now >= connection->retire_at || idle_.size() >= params_.max_idle ||
      !connection->stream->IsQuiet()) {
    connection->stream->Close();
    return;
  }
  if (unused_.empty()) unused_.emplace_back();
  idle_.splice(idle_.end(), unused_, std::prev(unused_.end()));
  Idle& idle = idle_.back();
  idle.pool = this;
  idle.place = std::prev(idle_.end());
  idle.expires_at =
      now + std::min(params_.idle_limit, peer_limit - kPeerMargin);
  idle.connection = std::move(connection);
  idle.connection->stream->Watch(&idle);
  if (idle_.size() == 1) sweep_.Set(now + kSweepInterval);
}

absl::Time ConnectionPool::RetireAt(double random) const {
  // Connections that were opened together must not all go together.
  return wheel_.Now() + params_.max_age * (0.8 + 0.4 * random);
}

void ConnectionPool::Drop(Idle& idle) {
  idle.connection->stream->Close();
  idle_.erase(idle.place);
}

void ConnectionPool::DropExpired() {
  const absl::Time now = wheel_.Now();
  for (auto it = idle_.begin(); it != idle_.end();) {
    Idle& idle = *it++;
    if (idle.expires_at <= now) Drop(idle);
  }
  if (!idle_.empty()) sweep_.Set(now + kSweepInterval);
}

}  // namespace weir::dataplane
