// All limits of a node, and the control plane's word on them.
#ifndef WEIR_DATAPLANE_QUOTA_QUOTA_BOOK_H_
#define WEIR_DATAPLANE_QUOTA_QUOTA_BOOK_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/limit_id.h"
#include "common/string_map.h"
#include "dataplane/quota/limit.h"
#include "dataplane/quota/quota_view.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

// What the quota lane says, all of it.
struct QuotaWord {
  struct Spent {
    std::string client_key;
    absl::Time until = absl::InfiniteFuture();
    // A model's name; empty for none.
    std::string fallback;
    // The same of single models, by the name of the one that is asked for.
    std::map<std::string, std::string> fallback_by_model = {};

    friend bool operator==(const Spent&, const Spent&) = default;
  };

  absl::Duration time_to_live;
  std::uint32_t nodes = 1;
  // By limit.
  std::map<std::string, double> leases;
  std::vector<Spent> spent;
  // By limit, those that are asked for.
  std::map<std::string, AdmissionWord> admissions = {};
};

// What clients wanted of one limit, for the control plane.
struct QuotaDemand {
  std::string limit;
  std::uint64_t wanted = 0;
  std::uint64_t refused = 0;
  std::uint64_t held = 0;
  // As in Limit.
  std::uint64_t asked = 0;
  std::uint64_t waiting = 0;
  std::uint64_t granted = 0;
  double share = 0;
};

// One limit of the fleet, as it stands here.
struct LimitStatus {
  std::string id;
  // Of the whole fleet, and this node's share of it.
  std::uint64_t capacity = 0;
  double share = 0;
  // Since the start; of it, what was refused, and what was asked for.
  std::uint64_t wanted = 0;
  std::uint64_t refused = 0;
  std::uint64_t asked = 0;
};

// Limits keep what is in them from configuration to configuration, and are
// forgotten with their name.
//
// Not thread-safe: used on the node's thread; what it hands out may be used on
// others.
class QuotaBook {
 public:
  // Without demand for so long a limit is not reported any more.
  static constexpr absl::Duration kIdle = absl::Minutes(1);

  // `clock` outlives this.
  explicit QuotaBook(const Clock& clock) : clock_(clock) {}

  // The limits of `config`, which is not null; the same view until that or
  // whose budget is spent changes.
  std::shared_ptr<const QuotaView> Align(
      const std::shared_ptr<const RoutingConfig>& config);

  // Takes in the control plane's word. True: whose budget is spent changed, so
  // that Align() would give another view.
  bool OnWord(QuotaWord word);
  // Leases end. Call it about once a second.
  void Tick();

  // Those that are in use.
  std::vector<QuotaDemand> Demands();

  // All of them, by id.
  std::vector<LimitStatus> Status() const;

 private:
  struct LastSeen {
    std::uint64_t wanted = 0;
    absl::Time at = absl::InfinitePast();
  };

  std::shared_ptr<const QuotaView> MakeView(const RoutingConfig& config);
  std::shared_ptr<Limit> Find(const std::string& id, LimitKind kind,
                              std::uint64_t capacity);
  void Apply(Limit& limit);

  const Clock& clock_;
  std::map<std::string, std::shared_ptr<Limit>> limits_;
  std::map<std::string, LastSeen> last_seen_;
  // Null where Align() has to make another one.
  std::shared_ptr<const QuotaView> view_;
  std::shared_ptr<const RoutingConfig> aligned_to_;
  // The last word and when it came; nothing before the first.
  std::optional<QuotaWord> word_;
  absl::Time word_at_ = absl::InfinitePast();
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_QUOTA_QUOTA_BOOK_H_
