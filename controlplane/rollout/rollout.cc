#include "controlplane/rollout/rollout.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "common/concat.h"
#include "common/config/node_config.h"
#include "common/sha256.h"
#include "controlplane/rollout/immediate_part.h"

namespace weir::controlplane {
namespace {

namespace v1 = config::v1;

// Between two looks at the nodes: a copy of what is known of each.
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(100);

Edition EditionOf(std::uint64_t revision,
                  std::shared_ptr<const v1::Resources> resources) {
  std::string content = config::NodeConfig(*resources);
  return {revision, std::move(resources), std::move(content)};
}

// Whether `wanted` is `edition` with immediate changes, or none.
bool DiffersAtOnceOnly(const Edition& edition, const Edition& wanted) {
  return edition.content == wanted.content ||
         config::NodeConfig(ImmediatePart(*edition.resources,
                                          *wanted.resources)) == wanted.content;
}

WaveStep ForcedStep(const std::vector<WaveNode>& nodes, const WaveRules& rules,
                    absl::Time now) {
  for (const WaveNode& node : nodes) {
    if (IsPending(node, rules, now)) return Wait{};
  }
  return Complete{};
}

std::string Named(std::uint64_t revision) {
  return Concat("revision ", revision);
}

}  // namespace

Rollout::Rollout(Publisher& publisher, const NodeList& nodes,
                 RolloutPolicy policy, const Clock& clock)
    : publisher_(publisher), nodes_(nodes), policy_(policy), clock_(clock) {}

void Rollout::Restore(const StoredRollout& stored) {
  auto resources = std::make_shared<v1::Resources>();
  // What can't be read any more is as if it had not been kept.
  if (!resources->ParseFromString(stored.standing)) return;
  MutexLock lock(&mutex_);
  standing_ = EditionOf(stored.standing_revision, std::move(resources));
  halted_before_ = stored.halted_sha256;
  reason_before_ = stored.reason;
  restored_ = true;
}

std::string Rollout::Consider(const Registered& wanted) {
  MutexLock lock(&mutex_);
  if (wanted.resources != considered_) {
    considered_ = wanted.resources;
    considered_revision_ = wanted.revision;
    Take(EditionOf(wanted.revision, wanted.resources));
  }
  return standing_->content;
}

void Rollout::Take(Edition wanted) {
  const bool is_first = std::exchange(restored_, false);
  if (!standing_.has_value() || policy_.mode == RolloutMode::kOff) {
    Withdraw();
    halted_.reset();
    standing_ = std::move(wanted);
    return;
  }
  Edition standing = EditionOf(
      standing_->revision, std::make_shared<const v1::Resources>(ImmediatePart(
                               *standing_->resources, *wanted.resources)));
  if (standing.content != standing_->content) standing_ = std::move(standing);
  if (standing_->content == wanted.content) {
    Withdraw();
    halted_.reset();
    standing_ = std::move(wanted);
    return;
  }
  if (IsStillHalted(wanted)) return;
  halted_.reset();
  if (candidate_.has_value() &&
      DiffersAtOnceOnly(candidate_->edition(), wanted)) {
    candidate_->Replace(std::move(wanted));
    return;
  }
  Withdraw();
  began_at_ = clock_.WallNow();
  candidate_.emplace(std::move(wanted));
  not_before_ = is_first ? clock_.Now() + kReturn : absl::InfinitePast();
}

bool Rollout::IsStillHalted(const Edition& wanted) {
  const std::string before = std::exchange(halted_before_, {});
  if (!before.empty() && before == Sha256(wanted.content)) {
    halted_ = Halted{.edition = wanted,
                     .reason = std::exchange(reason_before_, {}),
                     .at = clock_.WallNow()};
    return true;
  }
  if (!halted_.has_value() || !DiffersAtOnceOnly(halted_->edition, wanted)) {
    return false;
  }
  halted_->edition = wanted;
  return true;
}

void Rollout::Withdraw() {
  if (!candidate_.has_value()) return;
  if (candidate_->given() > 0) {
    ++counts_.withdrawn;
    Note(RolloutNews::Kind::kWithdrawn,
         Concat(Named(candidate_->edition().revision),
                " is withdrawn: the configuration has changed"));
  }
  if (candidate_->publication() != nullptr && candidate_->MayRun()) {
    given_up_ = candidate_->publication()->version.sequence;
  }
  candidate_.reset();
}

void Rollout::GiveUp(const std::string& reason, const Actor& by) {
  ++counts_.halted;
  Note(RolloutNews::Kind::kHalted,
       Concat(Named(candidate_->edition().revision), " is halted on ",
              candidate_->given(),
              candidate_->given() == 1 ? " node: " : " nodes: ", reason,
              "; all run ", Named(standing_->revision)),
       by);
  halted_ = Halted{.edition = candidate_->edition(),
                   .reason = reason,
                   .at = clock_.WallNow(),
                   .wave = candidate_->wave(),
                   .given = candidate_->given(),
                   .took = candidate_->took()};
  if (const PublicationPtr& publication = candidate_->publication()) {
    halted_->version = publication->version;
    if (candidate_->MayRun()) given_up_ = publication->version.sequence;
  }
  candidate_.reset();
}

void Rollout::Note(RolloutNews::Kind kind, std::string text, const Actor& by) {
  news_.push_back({kind, std::move(text), by});
}

void Rollout::Tick() {
  const absl::Time now = clock_.Now();
  HeedWish();
  Renew();
  Issue(now);
  {
    // Only now is all of it published.
    MutexLock lock(&mutex_);
    seen_revision_ = considered_revision_;
  }
  if (now - looked_at_ >= kBetweenLooks) {
    looked_at_ = now;
    Look(now);
  }
  TellNews();
}

void Rollout::HeedWish() {
  {
    MutexLock lock(&mutex_);
    const Wish wish = std::exchange(wish_, Wish::kNone);
    if (wish == Wish::kNone) return;
    if (wish == Wish::kResume && halted_.has_value()) {
      began_at_ = clock_.WallNow();
      candidate_.emplace(std::exchange(halted_, std::nullopt)->edition);
    }
    // It may have ended since the wish was made.
    if (!candidate_.has_value()) return;
    if (wish == Wish::kAbort) {
      GiveUp("an operator ended it", wish_of_);
    } else {
      candidate_->Force();
      Note(RolloutNews::Kind::kWave,
           Concat(Named(candidate_->edition().revision),
                  " is pushed to all nodes by an operator"),
           wish_of_);
    }
  }
  Renew();
  hooks_.spread();
}

void Rollout::Renew() {
  std::uint64_t given_up = 0;
  {
    MutexLock lock(&mutex_);
    given_up = given_up_;
  }
  const PublicationPtr latest = publisher_.Latest(Lane::kConfig);
  if (latest == nullptr || latest->version.sequence > given_up) return;
  publisher_.Renew(Lane::kConfig);
}

void Rollout::Issue(absl::Time now) {
  std::string content;
  {
    MutexLock lock(&mutex_);
    if (!candidate_.has_value() || !candidate_->needs_issue()) return;
    content = candidate_->edition().content;
  }
  PublicationPtr publication = publisher_.Issue(Lane::kConfig, content);
  {
    MutexLock lock(&mutex_);
    candidate_->Issue(std::move(publication), now);
    if (candidate_->given() == 0 && !candidate_->everybody()) return;
  }
  hooks_.spread();
}

void Rollout::Look(absl::Time now) {
  {
    MutexLock lock(&mutex_);
    if (!candidate_.has_value() || candidate_->needs_issue() ||
        now < not_before_) {
      return;
    }
  }
  // Without our lock: the list's is taken before it elsewhere.
  const std::vector<NodeRecord> records = nodes_.List();
  WaveStep step;
  {
    MutexLock lock(&mutex_);
    const std::vector<WaveNode> nodes = candidate_->Meet(records, now);
    step = candidate_->forced()
               ? ForcedStep(nodes, policy_.waves, now)
               : NextStep(nodes, candidate_->everybody(), policy_.waves, now);
    if (const Halt* halt = std::get_if<Halt>(&step)) GiveUp(halt->reason, {});
  }
  if (const Advance* advance = std::get_if<Advance>(&step)) {
    Give(*advance, records, now);
  } else if (std::holds_alternative<Complete>(step)) {
    Finish();
  } else if (std::holds_alternative<Halt>(step)) {
    Renew();
    hooks_.spread();
  }
}

void Rollout::Give(const Advance& advance,
                   const std::vector<NodeRecord>& records, absl::Time now) {
  {
    MutexLock lock(&mutex_);
    candidate_->Give(advance, records, now);
    const auto connected =
        std::count_if(records.begin(), records.end(),
                      [](const NodeRecord& node) { return node.connected; });
    const std::string revision = Named(candidate_->edition().revision);
    if (candidate_->wave() == 1 && !advance.nodes.empty()) {
      Note(RolloutNews::Kind::kStarted,
           Concat(revision, " goes to node ", advance.nodes.front().value,
                  " first, of ", connected));
    } else if (!advance.nodes.empty()) {
      Note(RolloutNews::Kind::kWave,
           Concat(revision, " goes to ", advance.nodes.size(),
                  " nodes more: ", candidate_->given(), " of ", connected));
    }
  }
  if (!advance.everybody) hooks_.on_trial(advance.nodes);
  hooks_.spread();
}

void Rollout::Finish() {
  PublicationPtr publication;
  {
    MutexLock lock(&mutex_);
    publication = candidate_->publication();
  }
  // First: until then the candidate is what nodes should run.
  publisher_.Adopt(Lane::kConfig, std::move(publication));
  {
    MutexLock lock(&mutex_);
    if (candidate_->given() > 0) {
      ++counts_.completed;
      Note(RolloutNews::Kind::kCompleted,
           Concat(Named(candidate_->edition().revision), " runs on ",
                  candidate_->took(), " of ", candidate_->given(), " nodes"));
    }
    standing_ = candidate_->edition();
    candidate_.reset();
  }
  // For who has come meanwhile.
  hooks_.spread();
}

void Rollout::TellNews() {
  std::vector<RolloutNews> news;
  {
    MutexLock lock(&mutex_);
    news = std::exchange(news_, {});
  }
  for (const RolloutNews& each : news) hooks_.tell(each);
}

}  // namespace weir::controlplane
