// A config on its way through the fleet.
#ifndef WEIR_CONTROLPLANE_ROLLOUT_TRIAL_H_
#define WEIR_CONTROLPLANE_ROLLOUT_TRIAL_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/publish/node_list.h"
#include "controlplane/publish/publication.h"
#include "controlplane/publish/traffic.h"
#include "controlplane/rollout/wave_plan.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// One state of the registry, and what nodes are sent of it.
struct Edition {
  std::uint64_t revision = 0;
  std::shared_ptr<const config::v1::Resources> resources;
  std::string content;
};

// Who was given the version, what they said, and how they fare.
//
// Not thread-safe. Times are on Clock::Now().
class Trial {
 public:
  explicit Trial(Edition edition) : edition_(std::move(edition)) {}

  const Edition& edition() const { return edition_; }
  // Null until Issue().
  const PublicationPtr& publication() const { return publication_; }
  bool needs_issue() const { return needs_issue_; }
  bool everybody() const { return everybody_; }
  bool forced() const { return forced_; }
  int wave() const { return wave_; }
  std::size_t given() const { return given_.size(); }
  std::size_t took() const;

  // It goes out as `publication`: whoever has an earlier one is sent this.
  void Issue(PublicationPtr publication, absl::Time now);
  // A little of it changed; goes on with the next Issue().
  void Replace(Edition edition);

  // Whether the node should run it.
  bool IsFor(const NodeId& node) const {
    return publication_ != nullptr && (everybody_ || given_.contains(node));
  }
  // Somebody may run it: was given it and has not refused it.
  bool MayRun() const;

  // Takes in what nodes say, and gives their standing.
  std::vector<WaveNode> Meet(const std::vector<NodeRecord>& records,
                             absl::Time now);
  // Begins a wave. REQUIRES: `advance` follows from Meet(records).
  void Give(const Advance& advance, const std::vector<NodeRecord>& records,
            absl::Time now);
  // Everybody gets it, whatever they say.
  void Force() { everybody_ = forced_ = true; }

 private:
  struct Given {
    std::uint64_t boot_id = 0;
    absl::Time given_at;
    bool ill = false;
    bool restarted = false;
    bool said_goodbye = false;
    std::optional<absl::Time> took_at;
    bool refused = false;
    Traffic before;
    // When it took it, or the wave began, if that was later.
    Traffic counted;
  };

  void Add(const NodeRecord& record, absl::Time now);
  // False: the node is another one than was given the version.
  bool Hear(const NodeRecord& record, absl::Time now, Given& given) const;
  WaveNode View(const NodeRecord& record, const Given& given) const;

  Edition edition_;
  PublicationPtr publication_;
  bool needs_issue_ = true;
  bool everybody_ = false;
  bool forced_ = false;
  int wave_ = 0;
  std::map<NodeId, Given> given_;
  // What the others had counted when the wave began.
  std::map<NodeId, Traffic> others_;
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ROLLOUT_TRIAL_H_
