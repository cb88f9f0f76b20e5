// Which providers have a credential that resolves here.
#ifndef WEIR_CONTROLPLANE_CREDENTIAL_CHECK_H_
#define WEIR_CONTROLPLANE_CREDENTIAL_CHECK_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/mutex.h"
#include "controlplane/provider/provider_board.h"
#include "controlplane/scoreboard.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// Tells the scoreboard the current resources together with the providers that
// name credentials of which none resolves, and the board of providers which
// credentials there are. Secrets are resolved, looked at and dropped; a salted
// hash of each stays, to tell that it is another one.
//
// Thread safety: every method may be called from any thread.
class CredentialCheck {
 public:
  // The resources that are in force; never null.
  using Source = std::function<std::shared_ptr<const config::v1::Resources>()>;

  // All outlive this.
  CredentialCheck(Source current, Scoreboard& scoreboard,
                  ProviderBoard& providers);

  // Call after each change of the resources and every few seconds, for files
  // come and go.
  void Refresh();

  // `provider NAME: why`, a sentence for each without a credential.
  std::vector<std::string> problems() const;

 private:
  const Source current_;
  Scoreboard& scoreboard_;
  ProviderBoard& providers_;
  // Of this process, so that a hash says nothing elsewhere.
  const std::uint64_t salt_;

  // Held from asking for them to telling the scoreboard, so that it never
  // hears of older ones after newer ones.
  Mutex refresh_mutex_;
  std::shared_ptr<const config::v1::Resources> told_
      ABSL_GUARDED_BY(refresh_mutex_);

  mutable Mutex mutex_ ABSL_ACQUIRED_AFTER(refresh_mutex_);
  // Provider to reason.
  std::map<std::string, std::string> without_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_CREDENTIAL_CHECK_H_
