// Handshakes that came to nothing, and why.
#ifndef WEIR_COMMON_TLS_FRONT_HANDSHAKE_COUNTS_H_
#define WEIR_COMMON_TLS_FRONT_HANDSHAKE_COUNTS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "common/mutex.h"

namespace weir::tls_front {

enum class Refusal {
  // It spoke something else, or nothing that we speak.
  kNoTls,
  kNoCertificate,
  kUnknownAuthority,
  // Or not valid yet.
  kExpired,
  // Its certificate is wrong in another way: for servers, say.
  kBadCertificate,
  kNoHttp2,
  // It does not believe us, and said so.
  kByPeer,
  // It went without a word.
  kPeerLeft,
  kTooSlow,
  // No descriptor or no memory here.
  kNoRoom,
};
inline constexpr std::size_t kRefusals = 10;

// As the label of a metric: `unknown_authority`.
const char* RefusalName(Refusal refusal);

// A handshake that failed.
struct Failure {
  Refusal refusal;
  // For the log: what is wrong with whose certificate.
  std::string why;
};

// Counts all, and logs one a second of those that people have to do something
// about.
//
// Thread safety: every method may be called from any thread.
class HandshakeCounts {
 public:
  struct Counts {
    std::uint64_t succeeded = 0;
    // By Refusal.
    std::array<std::uint64_t, kRefusals> refused = {};
  };

  void AddSuccess() { ++succeeded_; }
  // `address` is the peer's, empty where it is not known any more; `now` of a
  // clock that never goes back.
  void Add(const Failure& failure, const std::string& address, absl::Time now);

  Counts counts() const;

 private:
  std::atomic<std::uint64_t> succeeded_{0};
  std::array<std::atomic<std::uint64_t>, kRefusals> refused_ = {};

  Mutex mutex_;
  absl::Time next_log_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::uint64_t unlogged_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace weir::tls_front

#endif  // WEIR_COMMON_TLS_FRONT_HANDSHAKE_COUNTS_H_
