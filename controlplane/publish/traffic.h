// How much a node served, and how much of it failed.
#ifndef WEIR_CONTROLPLANE_PUBLISH_TRAFFIC_H_
#define WEIR_CONTROLPLANE_PUBLISH_TRAFFIC_H_

#include <cstdint>

namespace weir::controlplane {

// Counts of a span of time, or since a node's start.
struct Traffic {
  // Client requests that were answered; those that got a 5xx or a stream that
  // broke off.
  std::uint64_t answers = 0;
  std::uint64_t failed_answers = 0;
  // At providers; those that failed by the endpoint or the credential.
  std::uint64_t attempts = 0;
  std::uint64_t failed_attempts = 0;

  Traffic& operator+=(const Traffic& other) {
    answers += other.answers;
    failed_answers += other.failed_answers;
    attempts += other.attempts;
    failed_attempts += other.failed_attempts;
    return *this;
  }

  friend bool operator==(const Traffic&, const Traffic&) = default;
};

// What came since `earlier`; nothing where a count went back, which a node's
// new start does.
inline Traffic Since(const Traffic& earlier, const Traffic& now) {
  const auto less = [](std::uint64_t a, std::uint64_t b) {
    return a < b ? 0 : a - b;
  };
  return {less(now.answers, earlier.answers),
          less(now.failed_answers, earlier.failed_answers),
          less(now.attempts, earlier.attempts),
          less(now.failed_attempts, earlier.failed_attempts)};
}

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PUBLISH_TRAFFIC_H_
