// Which of one provider's credentials the fleet uses.
#ifndef WEIR_CONTROLPLANE_PROVIDER_CREDENTIAL_POOL_H_
#define WEIR_CONTROLPLANE_PROVIDER_CREDENTIAL_POOL_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "controlplane/provider/provider_view.h"

namespace weir::controlplane {

// A credential as it is found here, without its value.
struct FoundCredential {
  // `env:NAME` or `file:PATH`.
  std::string reference;
  // Of its value, to tell that it is another one; nullopt: it does not resolve.
  std::optional<std::size_t> fingerprint;
  // Why it does not resolve.
  std::string missing_because;

  friend bool operator==(const FoundCredential&,
                         const FoundCredential&) = default;
};

// What a provider said to a credential.
struct CredentialAnswer {
  enum class Kind {
    kAccepted,
    kRefused,   // 401, 402, 403, or an account that is out of money.
    kNoAnswer,  // Nothing that says anything of the credential.
  };
  Kind kind = Kind::kNoAnswer;
  // Of a refusal: `HTTP 401`.
  std::string reason = {};
};

// The first credential that nobody knows anything against is used. What a
// provider refuses, to any node or to a probe, is refused for the whole fleet
// at once. From then on it is asked for its models with that credential, after
// 10 s, twice as long after each time that it refuses again, at most 10 min;
// when it does not refuse, nodes may use the credential again. That the list of
// models can be had does not prove that work can, with an empty account say: a
// credential that is refused again within 10 min waits twice as long as before.
//
// Pure but for itself: reads no clock, knows no secret. Not thread-safe.
class CredentialPool {
 public:
  static constexpr absl::Duration kFirstWait = absl::Seconds(10);
  static constexpr absl::Duration kLongestWait = absl::Minutes(10);
  // Nodes' reports lag: one that still lists what was just given back to it
  // does not know yet.
  static constexpr absl::Duration kReportLag = absl::Seconds(5);

  // Follows configuration and disk. Of a credential whose value or place
  // changed nothing is known; it is to be asked with at once.
  void Follow(const std::vector<FoundCredential>& found, absl::Time now);

  // A node lists these as refused, by position, with the provider's word.
  void OnNodeReport(const std::map<std::uint32_t, std::string>& refused,
                    absl::Time now);

  // The provider answered a probe or a check. Positions beyond are ignored.
  void OnAnswer(std::uint32_t position, const CredentialAnswer& answer,
                absl::Time now);

  // Positions that the provider should be asked with now. Each is out until its
  // OnAnswer().
  std::vector<std::uint32_t> TakeDue(absl::Time now);

  // Positions, ascending.
  std::vector<std::uint32_t> Refused() const;
  std::vector<CredentialView> View() const;

 private:
  struct Entry {
    FoundCredential found;
    bool is_refused = false;
    std::string reason = {};
    absl::Duration wait = kFirstWait;
    // nullopt: nothing is to be found out.
    std::optional<absl::Time> due = std::nullopt;
    bool is_out = false;
    absl::Time restored_at = absl::InfinitePast();
  };

  static void Refuse(const std::string& reason, absl::Time now, Entry& entry);
  static void Restore(absl::Time now, Entry& entry);

  std::vector<Entry> entries_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PROVIDER_CREDENTIAL_POOL_H_
