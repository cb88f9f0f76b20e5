// What one worker remembers of how it routed requests.
#ifndef WEIR_DATAPLANE_DECISION_DECISION_LOG_H_
#define WEIR_DATAPLANE_DECISION_DECISION_LOG_H_

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/clock.h"
#include "dataplane/decision/decision.h"
#include "dataplane/decision/record_ring.h"
#include "dataplane/decision/sample_rule.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

struct DecisionQuery {
  // Empty: the latest.
  std::string request_id;
  // At most so many.
  std::size_t limit = 1;
};

// What a log answers: decisions and what their indexes are good for, to be read
// on another thread.
struct DecisionBatch {
  struct Item {
    std::shared_ptr<const RoutingConfig> config;
    // See packed_decision.h.
    std::string packed;
  };
  // Newest first.
  std::vector<Item> items;
};

// Every request that failed or took more than one attempt, and of the others
// those that SampleRule picks, until newer ones need the room: 3 MiB in all,
// which is about 4000 failures and 2000 others.
//
// A request that is under way has a Decision of its own, taken from those that
// ended before, so that in the long run nothing is allocated. Names are indexes
// into the configs that it keeps alive: the last kMaxConfigs, decisions of
// older ones are forgotten.
//
// Not thread-safe.
class DecisionLog {
 public:
  static constexpr std::size_t kMaxConfigs = 8;
  // Find() copies no more, so that a question holds up no request.
  static constexpr std::size_t kMaxBatchBytes = std::size_t{1} << 20;

  // `clock` outlives this.
  explicit DecisionLog(const Clock& clock);

  // The decision of a request that is under way; kept or forgotten when it
  // ends. The log outlives it.
  class Entry {
   public:
    Entry(DecisionLog& log, std::unique_ptr<Decision> decision)
        : log_(log), decision_(std::move(decision)) {}
    ~Entry() { log_.End(std::move(decision_)); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    Decision* operator->() { return decision_.get(); }

   private:
    DecisionLog& log_;
    std::unique_ptr<Decision> decision_;
  };
  // REQUIRES: the request is understood; `snapshot` is the one that it routes
  // with.
  Entry Begin(const Request& request, const Snapshot& snapshot);

  DecisionBatch Find(const DecisionQuery& query) const;

 private:
  struct KnownConfig {
    ConfigNumber number;
    std::shared_ptr<const RoutingConfig> config;
  };

  ConfigNumber NumberOf(const std::shared_ptr<const RoutingConfig>& config);
  std::shared_ptr<const RoutingConfig> ConfigOf(ConfigNumber number) const;
  void End(std::unique_ptr<Decision> decision);
  void FindIn(const RecordRing& ring, const DecisionQuery& query,
              DecisionBatch& batch) const;

  const Clock& clock_;
  RecordRing failures_;
  RecordRing samples_;
  SampleRule sample_rule_;
  // Oldest first.
  std::deque<KnownConfig> configs_;
  ConfigNumber last_number_ = 0;
  // The one that was used last is taken first: it is in the cache.
  std::vector<std::unique_ptr<Decision>> free_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_DECISION_DECISION_LOG_H_
