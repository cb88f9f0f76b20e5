// Who has how much of each limit.
#ifndef WEIR_CONTROLPLANE_QUOTA_QUOTA_BOARD_H_
#define WEIR_CONTROLPLANE_QUOTA_QUOTA_BOARD_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/ids.h"
#include "common/limit_id.h"
#include "common/mutex.h"
#include "controlplane/quota/demand.h"
#include "controlplane/quota/request_bucket.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// A hard budget that is spent.
struct SpentKey {
  std::string client_key;
  // The period's end; absl::InfiniteFuture() where it has none.
  absl::Time until = absl::InfiniteFuture();
  // A model; empty for none.
  std::string fallback;
  // The same of single models, by the model that is asked for.
  std::map<std::string, std::string> fallback_by_model = {};

  friend bool operator==(const SpentKey&, const SpentKey&) = default;
};

// What became of a node's requests of a limit that is asked for.
struct LimitAdmission {
  // It holds for the first so many that were asked.
  std::uint64_t answered = 0;
  // Since the node's boot.
  std::uint64_t granted = 0;
  // For so long there is nothing more.
  absl::Duration closed_for = absl::ZeroDuration();
};

// All that one node is told.
struct QuotaGrant {
  absl::Duration time_to_live;
  std::uint32_t nodes = 1;
  // By limit: requests or tokens a minute, or requests in flight.
  std::map<std::string, double> leases;
  std::vector<SpentKey> spent;
  // By limit, those that are asked for; each has a lease too, which holds while
  // nobody answers.
  std::map<std::string, LimitAdmission> admissions = {};
};

// Only nodes that want a limit hold a lease on it; the others take an even part
// until they are heard, which is within a tenth of a second. A lease whose node
// is silent counts until it ends. Of a small limit (IsAskedFor()) nodes ask for
// each request, and have the answer with the next grant, at once.
//
// Thread safety: every method may be called from any thread.
class QuotaBoard {
 public:
  static constexpr absl::Duration kTimeToLive = absl::Seconds(10);
  // A grant is said again after so long, changed or not.
  static constexpr absl::Duration kRefresh = absl::Seconds(2);
  // Two grants to one node are so far apart.
  static constexpr absl::Duration kMinGap = absl::Milliseconds(200);

  // All numbers are in the limit's unit.
  struct LimitUse {
    std::string limit;
    double capacity = 0;
    // Of all nodes that want some, admitted or not.
    double wanted = 0;
    // What of it their shares let through.
    double used = 0;
    // What is given out.
    double leased = 0;
    std::size_t holders = 0;
  };

  // `clock` outlives this.
  explicit QuotaBoard(const Clock& clock)
      : clock_(clock), began_(clock.Now()) {}

  // The limits there are.
  void SetResources(const config::v1::Resources& resources);
  // Among so many nodes limits are divided where nothing is leased.
  void SetNodes(std::size_t nodes);
  // Whose budgets are spent.
  void SetSpent(std::vector<SpentKey> spent);

  // The node begins a stream: what it was told before may not have reached it,
  // and what it has is better than a word that does not know what it wants.
  void OnHello(const NodeId& node);
  // What a node says of limits, by their ids. Unknown ones are ignored: the
  // node has another configuration.
  void OnReport(const NodeId& node, std::uint64_t boot_id,
                const std::map<std::string, DemandReport>& demands);

  // Nothing it said counts any more; the list of nodes says when.
  void ForgetNode(const NodeId& node);

  // What the node is to be told now; nullopt: nothing that it does not know.
  std::optional<QuotaGrant> TakeGrant(const NodeId& node);

  // Of all limits, by name.
  std::vector<LimitUse> Limits() const;
  // Of those that somebody wants.
  std::vector<LimitUse> Uses() const;

 private:
  struct Holder {
    Demand demand;
    // What it was told last, and what it would be told now.
    double share = 0;
    double due = 0;
    // Of requests that were asked for: so many have an answer, so many were
    // granted, and so many of those the node knew when it reported.
    std::uint64_t answered = 0;
    std::uint64_t granted = 0;
    std::uint64_t granted_known = 0;

    // Requests in flight, and those that may be by now.
    std::uint64_t in_flight() const {
      return demand.held() + (granted - granted_known);
    }
  };
  struct Limited {
    LimitKind kind = LimitKind::kRequests;
    double capacity = 0;
    // What the nodes that were heard worked with, all together, at most so far.
    double found = 0;
    std::map<NodeId, Holder> holders = {};
    // Of one that is asked for, once somebody has.
    std::optional<RequestBucket> bucket = std::nullopt;
    // One division serves all nodes that ask within kMinGap.
    absl::Time divided_at = absl::InfinitePast();
  };
  struct Told {
    QuotaGrant grant;
    absl::Time at = absl::InfinitePast();
    // Limits of its last report.
    std::set<std::string> wants;
    // It wants what it has no lease on.
    bool is_urgent = false;
    // Since its stream began.
    int reports = 0;
  };

  void Add(std::string id, LimitKind kind, std::uint64_t capacity,
           std::map<std::string, Limited>& limits)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Divide(Limited& limit, absl::Time now) const;
  // What there is to divide. A control plane that has just begun gives out what
  // the nodes that came to it have: the rest may be held by others, who follow.
  double Divisible(Limited& limit, absl::Time now) const;
  // Leases of a control plane before this one may not have ended.
  bool IsLearning(absl::Time now) const { return now - began_ < kTimeToLive; }
  bool IsAskedFor(const std::string& id, const Limited& limit) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Answers for the requests of `holder` that wait.
  static void Answer(const DemandReport& report, Holder& holder, Limited& limit,
                     absl::Time now);
  static bool Admit(Limited& limit, absl::Time now);
  static LimitAdmission AdmissionOf(const Holder& holder, Limited& limit,
                                    absl::Time now);
  static LimitUse UseOf(const std::string& id, const Limited& limit,
                        absl::Time now);

  // Whether it is known well enough what the node wants: while it is learning,
  // a control plane leaves nodes what they have until it is.
  bool IsHeard(const Told& told, absl::Time now) const;

  const Clock& clock_;
  const absl::Time began_;
  mutable Mutex mutex_;
  std::map<std::string, Limited> limits_ ABSL_GUARDED_BY(mutex_);
  std::map<NodeId, Told> told_ ABSL_GUARDED_BY(mutex_);
  std::uint32_t nodes_ ABSL_GUARDED_BY(mutex_) = 1;
  std::vector<SpentKey> spent_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_QUOTA_QUOTA_BOARD_H_
