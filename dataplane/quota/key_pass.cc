#include "dataplane/quota/key_pass.h"

#include <optional>
#include <utility>
#include <variant>

#include "absl/time/time.h"
#include "common/clock.h"
#include "dataplane/quota/limit.h"
#include "dataplane/quota/quota_view.h"

namespace weir::dataplane {

KeyPass& KeyPass::operator=(KeyPass&& other) noexcept {
  std::swap(limits_, other.limits_);
  std::swap(place_, other.place_);
  std::swap(clock_, other.clock_);
  std::swap(input_, other.input_);
  std::swap(reserved_, other.reserved_);
  std::swap(used_, other.used_);
  return *this;
}

KeyPass::~KeyPass() {
  LetGoOfPlace();
  if (limits_ == nullptr || limits_->tokens == nullptr) return;
  limits_->tokens->Settle(used_ - reserved_, clock_->Now());
  // What was refused everywhere says nothing of what answers take.
  if (used_ > 0) limits_->tokens->NoteUsed(used_ - input_);
}

void KeyPass::LetGoOfPlace() {
  if (place_ != nullptr) std::exchange(place_, nullptr)->Release();
}

std::variant<KeyPass, KeyRefusal> KeyPass::Admit(const ClientLimits& limits,
                                                 double input_tokens,
                                                 const Clock& clock) {
  KeyPass pass;
  if (const auto refused = pass.Take(limits, input_tokens, clock)) {
    return *refused;
  }
  return pass;
}

std::optional<KeyRefusal> KeyPass::Take(const ClientLimits& limits,
                                        double input_tokens,
                                        const Clock& clock) {
  // Most keys have none, and clocks cost.
  const absl::Time now = limits.empty() ? absl::InfinitePast() : clock.Now();
  // The place first: it is given back as if it had never been taken, and what
  // is refused for want of one costs no tokens.
  if (limits.concurrent != nullptr && place_ == nullptr) {
    if (const auto wait = limits.concurrent->Take(1, now)) {
      return KeyRefusal{limits.concurrent.get(), *wait};
    }
    place_ = limits.concurrent.get();
  }
  double reserved = 0;
  if (limits.tokens != nullptr) {
    reserved = input_tokens + limits.tokens->expected();
    if (const auto wait = limits.tokens->Take(reserved, now)) {
      LetGoOfPlace();
      return KeyRefusal{limits.tokens.get(), *wait};
    }
  }
  if (limits.requests != nullptr) {
    if (const auto wait = limits.requests->Take(1, now)) {
      if (limits.tokens != nullptr) limits.tokens->Settle(-reserved, now);
      if (!limits.requests->MayAsk(now)) LetGoOfPlace();
      return KeyRefusal{limits.requests.get(), *wait};
    }
  }
  limits_ = &limits;
  clock_ = &clock;
  input_ = input_tokens;
  reserved_ = reserved;
  return std::nullopt;
}

}  // namespace weir::dataplane
