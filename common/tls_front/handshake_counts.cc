#include "common/tls_front/handshake_counts.h"

#include <spdlog/spdlog.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/mutex.h"

namespace weir::tls_front {
namespace {

constexpr absl::Duration kLogInterval = absl::Seconds(1);

// Probes of load balancers and scanners come and go all day.
bool IsWorthALine(Refusal refusal) { return refusal != Refusal::kPeerLeft; }

}  // namespace

const char* RefusalName(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNoTls:
      return "no_tls";
    case Refusal::kNoCertificate:
      return "no_certificate";
    case Refusal::kUnknownAuthority:
      return "unknown_authority";
    case Refusal::kExpired:
      return "expired";
    case Refusal::kBadCertificate:
      return "bad_certificate";
    case Refusal::kNoHttp2:
      return "no_http2";
    case Refusal::kByPeer:
      return "by_peer";
    case Refusal::kPeerLeft:
      return "peer_left";
    case Refusal::kTooSlow:
      return "too_slow";
    case Refusal::kNoRoom:
      return "no_room";
  }
  return "unknown";
}

void HandshakeCounts::Add(const Failure& failure, const std::string& address,
                          absl::Time now) {
  ++refused_[static_cast<std::size_t>(failure.refusal)];
  if (!IsWorthALine(failure.refusal)) return;
  std::uint64_t others = 0;
  {
    MutexLock lock(&mutex_);
    if (now < next_log_) {
      ++unlogged_;
      return;
    }
    next_log_ = now + kLogInterval;
    others = std::exchange(unlogged_, 0);
  }
  spdlog::warn("refused a connection of {}: {} ({} more since the last line)",
               address.empty() ? "a peer that has gone" : address, failure.why,
               others);
}

HandshakeCounts::Counts HandshakeCounts::counts() const {
  Counts counts;
  counts.succeeded = succeeded_;
  for (std::size_t i = 0; i < kRefusals; ++i) counts.refused[i] = refused_[i];
  return counts;
}

}  // namespace weir::tls_front
