// One request's leave to use its client key.
#ifndef WEIR_DATAPLANE_QUOTA_KEY_PASS_H_
#define WEIR_DATAPLANE_QUOTA_KEY_PASS_H_

#include <optional>
#include <utility>
#include <variant>

#include "absl/time/time.h"
#include "common/clock.h"
#include "dataplane/quota/limit.h"
#include "dataplane/quota/quota_view.h"

namespace weir::dataplane {

// Which of a key's limits is reached, and for how long.
struct KeyRefusal {
  Limit* limit = nullptr;
  absl::Duration wait;
};

// Holds a request's place, and the tokens that it is thought to need; gives
// back on destruction what it did not use.
//
// Not thread-safe; lives as long as its request, which pins the limits.
class KeyPass {
 public:
  KeyPass() = default;
  KeyPass(KeyPass&& other) noexcept { *this = std::move(other); }
  KeyPass& operator=(KeyPass&& other) noexcept;
  ~KeyPass();

  // Asks every limit of the key: all of them let the request through, or none
  // is used. `input_tokens`: as far as its size tells. All outlive the pass.
  static std::variant<KeyPass, KeyRefusal> Admit(const ClientLimits& limits,
                                                 double input_tokens,
                                                 const Clock& clock);
  // The same into a pass that has not been admitted. Where the control plane
  // can be asked for the request that is refused, the pass keeps its place, and
  // may try again.
  std::optional<KeyRefusal> Take(const ClientLimits& limits,
                                 double input_tokens, const Clock& clock);

  // An attempt took so many, in and out.
  void OnTokens(double tokens) { used_ += tokens; }

  // Null where the key has none.
  const ClientLimits* limits() const { return limits_; }

 private:
  void LetGoOfPlace();

  // Null before it was admitted.
  const ClientLimits* limits_ = nullptr;
  // Among the requests in flight; null without one.
  Limit* place_ = nullptr;
  const Clock* clock_ = nullptr;
  double input_ = 0;
  // Of tokens; what was taken in advance.
  double reserved_ = 0;
  double used_ = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_QUOTA_KEY_PASS_H_
