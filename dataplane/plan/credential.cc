#include "dataplane/plan/credential.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {
namespace {

constexpr absl::Duration kFirstBench = absl::Seconds(10);
constexpr absl::Duration kLongestBench = absl::Minutes(1);

// Live state may be older than a request's configuration, or newer.
template <typename List>
const auto& At(const List& live, std::uint32_t position) {
  static const typename List::value_type kNothingKnown{};
  return position < live.size() ? live[position] : kNothingKnown;
}

absl::Time FreeAt(const CredentialPool& pool, std::uint32_t position) {
  return std::max(At(pool.live, position).benched_until(),
                  At(pool.limits, position).paused_until);
}

// When it is free, whether the control plane knows it to be refused, whether it
// was limited lately: the smaller, the better.
using Merit = std::tuple<absl::Time, bool, bool>;

Merit MeritOf(const CredentialPool& pool, std::uint32_t position,
              absl::Time now) {
  const bool refused = std::find(pool.refused.begin(), pool.refused.end(),
                                 position) != pool.refused.end();
  return {std::max(now, FreeAt(pool, position)), refused,
          At(pool.limits, position).avoided_until > now};
}

}  // namespace

void CredentialLive::OnRefused(std::string reason, absl::Time now) {
  refused_because_ = std::move(reason);
  // Requests that were under way say nothing new.
  if (now < benched_until_) return;
  bench_ = bench_ == absl::ZeroDuration() ? kFirstBench
                                          : std::min(bench_ * 2, kLongestBench);
  benched_until_ = now + bench_;
}

void CredentialLive::OnAccepted() {
  benched_until_ = absl::InfinitePast();
  bench_ = absl::ZeroDuration();
  refused_because_.clear();
}

void CredentialLive::OnFleetSays(Word word) {
  if (fleet_ == Word::kRefused && word == Word::kNothing) OnAccepted();
  fleet_ = word;
}

void CredentialLive::OnIdentity(std::size_t hash) {
  if (identity_.has_value() && identity_ != hash) OnAccepted();
  identity_ = hash;
}

std::size_t PickCredential(const CredentialPool& pool, absl::Time now) {
  // Most have one.
  if (pool.credentials.size() <= 1) return 0;
  std::size_t best = 0;
  std::optional<Merit> best_merit;
  for (std::size_t i = 0; i < pool.credentials.size(); ++i) {
    const Merit merit = MeritOf(pool, pool.credentials[i].position, now);
    if (best_merit.has_value() && merit >= *best_merit) continue;
    best = i;
    best_merit = merit;
  }
  return best;
}

bool HasUntroubled(const CredentialPool& pool, absl::Time now) {
  return std::any_of(pool.credentials.begin(), pool.credentials.end(),
                     [&](const CredentialEntry& credential) {
                       return MeritOf(pool, credential.position, now) ==
                              Merit{now, false, false};
                     });
}

absl::Time CredentialFreeAt(const CredentialPool& pool) {
  if (pool.credentials.empty()) return absl::InfinitePast();
  absl::Time soonest = absl::InfiniteFuture();
  for (const CredentialEntry& credential : pool.credentials) {
    soonest = std::min(soonest, FreeAt(pool, credential.position));
  }
  return soonest;
}

}  // namespace weir::dataplane
