// What became of a request's attempts, for whoever asks later.
#ifndef WEIR_DATAPLANE_ATTEMPT_ATTEMPT_RECORD_H_
#define WEIR_DATAPLANE_ATTEMPT_ATTEMPT_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "common/short_text.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/plan/plan_record.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

// Whom an attempt's end was held against.
enum class HeldAgainst : std::uint8_t {
  kNobodyItSucceeded,
  kEndpoint,
  kCredential,
  kRateLimit,
  kTarget,
  kClient,
  // It failed, and nobody is to blame: the client left, say.
  kNobody,
};

HeldAgainst HeldAgainstOf(Blame blame);

// An attempt's part in a race of two.
enum class RaceRole : std::uint8_t {
  kAlone,
  // It was slow, so another was begun.
  kFirst,
  // It was begun beside another.
  kHedge,
};

struct AttemptRecord {
  ProviderIndex provider;
  // kNoTarget when the client addressed the provider itself.
  TargetIndex target;
  // Of its trace; 0 where there is none, or nobody was asked.
  std::uint64_t span;
  // On Clock::Now().
  absl::Time began_at;
  // Until its answer was fit for the client, or until it failed.
  absl::Duration took;
  std::uint16_t credential;
  // 0 where there was none.
  std::uint16_t status;
  HeldAgainst held_against;
  RaceRole role;
  // What failed; empty when it succeeded.
  ShortText<57> reason;
};

// In memory that it keeps from the request before.
class AttemptRecords {
 public:
  // More than a request may make; what is beyond is not remembered.
  static constexpr std::size_t kMostKept = 6;

  void Clear() { items_.clear(); }
  void Add(const AttemptRecord& attempt) {
    if (items_.size() < kMostKept) items_.push_back(attempt);
  }
  // The last one failed after all, when part of its answer was with the client.
  void FailLast(Blame blame, std::string_view reason) {
    if (items_.empty()) return;
    items_.back().held_against = HeldAgainstOf(blame);
    items_.back().reason.Set(reason);
  }

  // In the order in which they ended.
  std::span<const AttemptRecord> items() const { return items_; }

 private:
  // Keeps its memory, for the next request.
  std::vector<AttemptRecord> items_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_ATTEMPT_RECORD_H_
