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
  std::swap(clock_, other.clock_);
  std::swap(input_, other.input_);
  std::swap(reserved_, other.reserved_);
  std::swap(used_, other.used_);
  return *this;
}

KeyPass::~KeyPass() {
  if (limits_ == nullptr) return;
  if (limits_->concurrent != nullptr) limits_->concurrent->Release();
  if (limits_->tokens == nullptr) return;
  limits_->tokens->Settle(used_ - reserved_, clock_->Now());
  // What was refused everywhere says nothing of what answers take.
  if (used_ > 0) limits_->tokens->NoteUsed(used_ - input_);
}

std::variant<KeyPass, KeyRefusal> KeyPass::Admit(const ClientLimits& limits,
                                                 double input_tokens,
                                                 const Clock& clock) {
  const absl::Time now = clock.Now();
  // The place first: it is given back as if it had never been taken, and what
  // is refused for want of one costs no tokens.
  if (limits.concurrent != nullptr) {
    if (const auto wait = limits.concurrent->Take(1, now)) {
      return KeyRefusal{limits.concurrent.get(), *wait};
    }
  }
  const auto leave = [&limits] {
    if (limits.concurrent != nullptr) limits.concurrent->Release();
  };
  double reserved = 0;
  if (limits.tokens != nullptr) {
    reserved = input_tokens + limits.tokens->expected();
    if (const auto wait = limits.tokens->Take(reserved, now)) {
      leave();
      return KeyRefusal{limits.tokens.get(), *wait};
    }
  }
  if (limits.requests != nullptr) {
    if (const auto wait = limits.requests->Take(1, now)) {
      if (limits.tokens != nullptr) limits.tokens->Settle(-reserved, now);
      leave();
      return KeyRefusal{limits.requests.get(), *wait};
    }
  }
  KeyPass pass;
  pass.limits_ = &limits;
  pass.clock_ = &clock;
  pass.input_ = input_tokens;
  pass.reserved_ = reserved;
  return pass;
}

}  // namespace weir::dataplane
