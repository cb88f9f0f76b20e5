// Which of a provider's credentials a request uses.
#ifndef WEIR_DATAPLANE_PLAN_CREDENTIAL_H_
#define WEIR_DATAPLANE_PLAN_CREDENTIAL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

// One credential, for everything that its provider serves. Not thread-safe.
class CredentialLive {
 public:
  // The provider refused it, in its own word. Benched for 10 s, long enough not
  // to hammer with it; doubled up to a minute while it goes on, short enough to
  // notice that it works again.
  void OnRefused(std::string reason, absl::Time now);
  // The provider took it.
  void OnAccepted();
  // What the control plane says of it now. That it takes back what it said
  // means that it has seen the credential work.
  enum class Word : std::uint8_t { kNothing, kRefused };
  void OnFleetSays(Word word);
  // What it is changed, as by rotation: nothing is known of the new one.
  void OnIdentity(std::size_t hash);

  // In the past when it may be used.
  absl::Time benched_until() const { return benched_until_; }
  // Why it was refused since it last worked; empty when it was not.
  const std::string& refused_because() const { return refused_because_; }

 private:
  absl::Time benched_until_ = absl::InfinitePast();
  absl::Duration bench_ = absl::ZeroDuration();
  std::string refused_because_;
  std::optional<std::size_t> identity_;
  Word fleet_ = Word::kNothing;
};

// One credential at one target: limits are of the two together.
struct RateLimit {
  // The provider asked to be left alone until then.
  absl::Time paused_until = absl::InfinitePast();
  // It was limited lately, so others go first.
  absl::Time avoided_until = absl::InfinitePast();
};

// What a choice is made from; vectors of live state are by position.
struct CredentialPool {
  std::span<const CredentialEntry> credentials;
  // Positions that the control plane knows to be refused.
  std::span<const std::uint32_t> refused;
  const std::vector<CredentialLive>& live;
  std::span<const RateLimit> limits;
};

// An index in pool.credentials: of those that are free the first that nobody
// warns of, else the first; the one that is free the soonest when none is. 0
// when there is none to choose from.
std::size_t PickCredential(const CredentialPool& pool, absl::Time now);

// Whether there is one that is free and that nobody warns of.
bool HasUntroubled(const CredentialPool& pool, absl::Time now);

// When the first is free; in the past when one is now.
absl::Time CredentialFreeAt(const CredentialPool& pool);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_PLAN_CREDENTIAL_H_
