#include "controlplane/rollout/error_rise.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_format.h"
#include "controlplane/publish/traffic.h"

namespace weir::controlplane {
namespace {

constexpr std::uint64_t kMinFailures = 5;
constexpr double kDeviations = 3;
// Fewer say nothing of how others fare.
constexpr std::uint64_t kMinElsewhere = 10;

struct Failures {
  std::uint64_t failed = 0;
  std::uint64_t all = 0;

  double rate() const {
    return all == 0 ? 0
                    : static_cast<double>(failed) / static_cast<double>(all);
  }
};

Failures Answers(const Traffic& traffic) {
  return {traffic.failed_answers, traffic.answers};
}

Failures Attempts(const Traffic& traffic) {
  return {traffic.failed_attempts, traffic.attempts};
}

bool IsWorse(const Failures& since, double usual, double max_rise) {
  if (since.failed < kMinFailures) return false;
  const double most = std::min(1.0, usual + max_rise);
  const double all = static_cast<double>(since.all);
  const double by_chance = kDeviations * std::sqrt(all * most * (1 - most));
  return static_cast<double>(since.failed) > all * most + by_chance;
}

std::string Describe(const char* what, const Failures& since, double usual) {
  return absl::StrFormat(
      "%u of %u %s failed on nodes that run it (%.1f %%, usually %.1f %%)",
      since.failed, since.all, what, 100 * since.rate(), 100 * usual);
}

}  // namespace

std::optional<std::string> WhyWorse(const Evidence& evidence, double max_rise) {
  const Failures answers = Answers(evidence.since);
  const double usual = std::max(Answers(evidence.before).rate(),
                                Answers(evidence.elsewhere).rate());
  if (IsWorse(answers, usual, max_rise)) {
    return Describe("answers", answers, usual);
  }
  if (evidence.elsewhere.attempts < kMinElsewhere) return std::nullopt;
  const Failures attempts = Attempts(evidence.since);
  const double usual_attempts = std::max(Attempts(evidence.before).rate(),
                                         Attempts(evidence.elsewhere).rate());
  if (IsWorse(attempts, usual_attempts, max_rise)) {
    return Describe("attempts", attempts, usual_attempts);
  }
  return std::nullopt;
}

}  // namespace weir::controlplane
