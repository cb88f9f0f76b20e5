#include "controlplane/quota/quota_board.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/limit_id.h"
#include "controlplane/quota/divide.h"

namespace weir::controlplane {
namespace {

// A change of less is noise.
constexpr double kNotableChange = 0.01;

bool Differs(double before, double after) {
  return std::abs(after - before) > kNotableChange * std::max(before, after);
}

bool Differs(const QuotaGrant& before, const QuotaGrant& after) {
  if (before.nodes != after.nodes || before.spent != after.spent ||
      before.leases.size() != after.leases.size()) {
    return true;
  }
  const auto same_lease = [](const auto& a, const auto& b) {
    return a.first == b.first && !Differs(a.second, b.second);
  };
  // Until when nothing comes changes all the time, and is no news.
  const auto same_admission = [](const auto& a, const auto& b) {
    return a.first == b.first && a.second.answered == b.second.answered &&
           a.second.granted == b.second.granted;
  };
  return !std::ranges::equal(before.leases, after.leases, same_lease) ||
         !std::ranges::equal(before.admissions, after.admissions,
                             same_admission);
}

double PlacesIn(const auto& holders) {
  double places = 0;
  for (const auto& [node, holder] : holders) {
    places += static_cast<double>(holder.in_flight());
  }
  return places;
}

}  // namespace

void QuotaBoard::Add(std::string id, LimitKind kind, std::uint64_t capacity,
                     std::map<std::string, Limited>& limits) {
  if (capacity == 0) return;
  Limited limit{kind, static_cast<double>(capacity)};
  const auto known = limits_.find(id);
  if (known != limits_.end()) {
    limit.holders = std::move(known->second.holders);
    limit.found = known->second.found;
    limit.bucket = known->second.bucket;
    if (limit.bucket) limit.bucket->SetRate(limit.capacity, clock_.Now());
  }
  limits.emplace(std::move(id), std::move(limit));
}

void QuotaBoard::SetResources(const config::v1::Resources& resources) {
  MutexLock lock(&mutex_);
  std::map<std::string, Limited> limits;
  const auto add = [&](std::string id, LimitKind kind, std::uint64_t capacity)
                       ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
                         Add(std::move(id), kind, capacity, limits);
                       };
  constexpr LimitKind kRequests = LimitKind::kRequests;
  constexpr LimitKind kTokens = LimitKind::kTokens;
  constexpr LimitKind kConcurrent = LimitKind::kConcurrent;
  for (const config::v1::ClientKey& key : resources.client_keys()) {
    const auto& own = key.limits();
    add(KeyLimitId(key.name(), kRequests), kRequests, own.rpm());
    add(KeyLimitId(key.name(), kTokens), kTokens, own.tpm());
    add(KeyLimitId(key.name(), kConcurrent), kConcurrent, own.concurrent());
  }
  for (const config::v1::Provider& provider : resources.providers()) {
    const std::string& name = provider.name();
    const auto& own = provider.limits();
    add(ProviderLimitId(name, kRequests), kRequests, own.max_rpm());
    add(ProviderLimitId(name, kTokens), kTokens, own.max_tpm());
    add(ProviderLimitId(name, kConcurrent), kConcurrent, own.max_concurrent());
  }
  for (const config::v1::Model& model : resources.models()) {
    for (const config::v1::Target& target : model.targets()) {
      const std::string upstream = config::UpstreamModel(model, target);
      const auto id = [&](LimitKind kind) {
        return TargetLimitId(target.provider(), upstream, kind);
      };
      const auto& own = target.limits();
      add(id(kRequests), kRequests, own.max_rpm());
      add(id(kTokens), kTokens, own.max_tpm());
      add(id(kConcurrent), kConcurrent, own.max_concurrent());
    }
  }
  limits_ = std::move(limits);
}

void QuotaBoard::SetNodes(std::size_t nodes) {
  MutexLock lock(&mutex_);
  nodes_ = static_cast<std::uint32_t>(std::max<std::size_t>(nodes, 1));
}

void QuotaBoard::SetSpent(std::vector<SpentKey> spent) {
  MutexLock lock(&mutex_);
  spent_ = std::move(spent);
}

void QuotaBoard::OnHello(const NodeId& node) {
  MutexLock lock(&mutex_);
  Told& told = told_[node];
  told.grant = {};
  told.at = absl::InfinitePast();
  told.reports = 0;
}

void QuotaBoard::OnReport(const NodeId& node, std::uint64_t boot_id,
                          const std::map<std::string, DemandReport>& demands) {
  const absl::Time now = clock_.Now();
  MutexLock lock(&mutex_);
  Told& told = told_[node];
  for (const std::string& id : told.wants) {
    const auto limit = limits_.find(id);
    // Idle: others need what it had.
    if (limit != limits_.end() && !demands.contains(id)) {
      limit->second.holders.erase(node);
    }
  }
  told.wants.clear();
  ++told.reports;
  for (const auto& [id, demand] : demands) {
    const auto limit = limits_.find(id);
    if (limit == limits_.end()) continue;
    Holder& holder = limit->second.holders[node];
    if (holder.demand.boot_id() != boot_id) holder = {};
    const bool is_new = holder.demand.last_report() == absl::InfinitePast();
    holder.demand.OnReport(demand, boot_id, now);
    if (is_new) {
      // What was asked before and does not wait any more had its end.
      holder.answered = demand.asked - std::min(demand.asked, demand.waiting);
    }
    if (IsAskedFor(id, limit->second)) {
      Answer(demand, holder, limit->second, now);
    }
    told.wants.insert(id);
    // Who waits must hear, be it that it need not.
    told.is_urgent |= !told.grant.leases.contains(id) || demand.waiting > 0;
  }
}

bool QuotaBoard::IsAskedFor(const std::string& id, const Limited& limit) const {
  return weir::IsAskedFor(id, limit.kind,
                          static_cast<std::uint64_t>(limit.capacity), nodes_);
}

void QuotaBoard::Answer(const DemandReport& report, Holder& holder,
                        Limited& limit, absl::Time now) {
  // A control plane before this one may have granted more.
  holder.granted = std::max(holder.granted, report.granted);
  holder.granted_known = report.granted;
  const std::uint64_t open =
      report.asked - std::min(report.asked, holder.answered);
  for (std::uint64_t i = 0; i < std::min(open, report.waiting); ++i) {
    if (!Admit(limit, now)) break;
    ++holder.granted;
  }
  holder.answered = std::max(holder.answered, report.asked);
}

bool QuotaBoard::Admit(Limited& limit, absl::Time now) {
  if (limit.kind == LimitKind::kConcurrent) {
    return PlacesIn(limit.holders) < limit.capacity;
  }
  if (!limit.bucket.has_value()) limit.bucket.emplace(limit.capacity, now);
  return limit.bucket->Take(now);
}

LimitAdmission QuotaBoard::AdmissionOf(const Holder& holder, Limited& limit,
                                       absl::Time now) {
  LimitAdmission admission{holder.answered, holder.granted};
  if (limit.kind == LimitKind::kConcurrent) {
    // Nobody knows when one ends.
    if (PlacesIn(limit.holders) >= limit.capacity) {
      admission.closed_for = kMinGap;
    }
  } else if (limit.bucket.has_value()) {
    admission.closed_for = limit.bucket->UntilNext(now);
  }
  return admission;
}

void QuotaBoard::ForgetNode(const NodeId& node) {
  MutexLock lock(&mutex_);
  for (auto& [id, limit] : limits_) limit.holders.erase(node);
  told_.erase(node);
}

double QuotaBoard::Divisible(Limited& limit, absl::Time now) const {
  if (!IsLearning(now)) return limit.capacity;
  double found = 0;
  for (const auto& [node, holder] : limit.holders) {
    found += holder.demand.share();
  }
  limit.found = std::max(limit.found, found);
  return std::min(limit.capacity, limit.found);
}

void QuotaBoard::Divide(Limited& limit, absl::Time now) const {
  limit.divided_at = now;
  std::erase_if(limit.holders, [&](const auto& holder) {
    return now - holder.second.demand.last_report() > kTimeToLive;
  });
  const double divisible = Divisible(limit, now);
  std::vector<double> shares;
  if (limit.kind == LimitKind::kConcurrent) {
    std::vector<Places> places;
    for (const auto& [node, holder] : limit.holders) {
      places.push_back({holder.demand.places_wanted(), holder.demand.held(),
                        static_cast<std::uint64_t>(holder.share),
                        holder.demand.places_known()});
    }
    for (const std::uint64_t share :
         DividePlaces(static_cast<std::uint64_t>(divisible), places)) {
      shares.push_back(static_cast<double>(share));
    }
  } else {
    std::vector<double> wanted;
    for (const auto& [node, holder] : limit.holders) {
      // Who is not known yet gets an even part, as it had without a lease, or
      // keeps what another control plane leased to it.
      wanted.push_back(holder.demand.rate().value_or(
          IsLearning(now)
              ? holder.demand.share()
              : divisible / static_cast<double>(limit.holders.size())));
    }
    shares = DivideRate(divisible, wanted);
  }
  std::size_t i = 0;
  for (auto& [node, holder] : limit.holders) holder.due = shares[i++];
}

bool QuotaBoard::IsHeard(const Told& told, absl::Time now) const {
  return told.reports >= (IsLearning(now) ? 2 : 1);
}

std::optional<QuotaGrant> QuotaBoard::TakeGrant(const NodeId& node) {
  const absl::Time now = clock_.Now();
  MutexLock lock(&mutex_);
  Told& told = told_[node];
  if (!IsHeard(told, now)) return std::nullopt;
  const bool knows_nothing = told.at == absl::InfinitePast();
  if (knows_nothing && limits_.empty() && spent_.empty()) return std::nullopt;
  if (!told.is_urgent && now - told.at < kMinGap) return std::nullopt;
  QuotaGrant grant{kTimeToLive, nodes_, {}, spent_};
  std::vector<Holder*> mine;
  for (const std::string& id : told.wants) {
    const auto limit = limits_.find(id);
    if (limit == limits_.end()) continue;
    if (told.is_urgent || now - limit->second.divided_at >= kMinGap) {
      Divide(limit->second, now);
    }
    const auto holder = limit->second.holders.find(node);
    if (holder == limit->second.holders.end()) continue;
    grant.leases[id] = holder->second.due;
    if (IsAskedFor(id, limit->second)) {
      grant.admissions[id] = AdmissionOf(holder->second, limit->second, now);
    }
    mine.push_back(&holder->second);
  }
  if (!knows_nothing && !Differs(told.grant, grant) &&
      now - told.at < kRefresh) {
    return std::nullopt;
  }
  for (Holder* holder : mine) holder->share = holder->due;
  told.grant = grant;
  told.at = now;
  told.is_urgent = false;
  return grant;
}

QuotaBoard::LimitUse QuotaBoard::UseOf(const std::string& id,
                                       const Limited& limit, absl::Time now) {
  LimitUse use{.limit = id, .capacity = limit.capacity};
  for (const auto& [node, holder] : limit.holders) {
    // Its lease has ended with its silence.
    if (now - holder.demand.last_report() > kTimeToLive) continue;
    const bool is_places = limit.kind == LimitKind::kConcurrent;
    const double wanted =
        is_places ? static_cast<double>(holder.demand.places_wanted())
                  : holder.demand.rate().value_or(0);
    use.wanted += wanted;
    use.used += is_places ? static_cast<double>(holder.demand.held())
                          : std::min(wanted, holder.share);
    use.leased += holder.share;
    ++use.holders;
  }
  return use;
}

std::vector<QuotaBoard::LimitUse> QuotaBoard::Limits() const {
  const absl::Time now = clock_.Now();
  MutexLock lock(&mutex_);
  std::vector<LimitUse> uses;
  for (const auto& [id, limit] : limits_) {
    uses.push_back(UseOf(id, limit, now));
  }
  return uses;
}

std::vector<QuotaBoard::LimitUse> QuotaBoard::Uses() const {
  std::vector<LimitUse> uses = Limits();
  std::erase_if(uses, [](const LimitUse& use) { return use.holders == 0; });
  return uses;
}

}  // namespace weir::controlplane
