// Nodes, their clients and a control plane in simulated time.
#ifndef WEIR_TESTS_FLEET_LIMIT_SIMULATED_FLEET_H_
#define WEIR_TESTS_FLEET_LIMIT_SIMULATED_FLEET_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/ids.h"
#include "common/limit_id.h"
#include "controlplane/quota/quota_board.h"
#include "dataplane/quota/limit.h"
#include "dataplane/quota/quota_book.h"
#include "dataplane/quota/quota_view.h"
#include "dataplane/snapshot.h"
#include "tests/testing/fake_clock.h"

namespace weir {

// What is limited; one of them is not 0.
struct SimulatedLimit {
  // Of a client key.
  std::uint64_t rpm = 0;
  std::uint64_t concurrent = 0;
  // Of a provider.
  std::uint32_t max_concurrent = 0;
};

// Nodes report twice a second, each at its own time, and at once when they
// should, but no more than ten times a second; the control plane looks ten
// times a second and when a node reports, as the real ones do. Messages take no
// time.
class SimulatedFleet {
 public:
  static constexpr absl::Duration kStep = absl::Milliseconds(10);
  // Of requests, where those in flight are limited.
  static constexpr absl::Duration kDuration = absl::Seconds(1);
  // As QuotaWait::kLongest.
  static constexpr absl::Duration kLongestWait = absl::Milliseconds(300);

  SimulatedFleet(std::size_t nodes, const SimulatedLimit& limit)
      : config_(std::make_shared<dataplane::RoutingConfig>()) {
    config_->clients.emplace_back();
    config_->clients[0].name = ClientKeyId{"demo"};
    config_->clients[0].max_rpm = limit.rpm;
    config_->clients[0].max_concurrent = limit.concurrent;
    config_->providers.emplace_back();
    config_->providers[0].name = "relay";
    config_->providers[0].max_concurrent = limit.max_concurrent;
    config::v1::ClientKey& key = *resources_.add_client_keys();
    key.set_name("demo");
    key.mutable_limits()->set_rpm(limit.rpm);
    key.mutable_limits()->set_concurrent(limit.concurrent);
    config::v1::Provider& provider = *resources_.add_providers();
    provider.set_name("relay");
    provider.mutable_limits()->set_max_concurrent(limit.max_concurrent);
    StartControlPlane();
    for (std::size_t i = 0; i < nodes; ++i) AddNode();
  }
  SimulatedFleet(std::size_t nodes, std::uint64_t rpm)
      : SimulatedFleet(nodes, SimulatedLimit{.rpm = rpm}) {}

  void AddNode() {
    const std::string name = std::to_string(nodes_.size());
    nodes_.push_back(std::make_unique<Node>(NodeId{name}, clock_));
    Node& node = *nodes_.back();
    node.view = node.book.Align(config_);
    // Clients don't march in step.
    node.due = static_cast<double>(nodes_.size() % 16) / 16;
  }
  // It is gone without a word; its clients' requests go nowhere.
  void KillNode(std::size_t index) { nodes_[index]->alive = false; }
  // It serves its clients and neither hears nor is heard, until it is back with
  // a new stream.
  void CutOff(std::size_t index) { nodes_[index]->reachable = false; }
  void Reconnect(std::size_t index) {
    nodes_[index]->reachable = true;
    if (board_ != nullptr) board_->OnHello(nodes_[index]->id);
  }
  void KillControlPlane() { board_ = nullptr; }
  // One that knows nothing; every node has a new stream to it.
  void StartControlPlane() {
    board_ = std::make_unique<controlplane::QuotaBoard>(clock_);
    board_->SetResources(resources_);
  }

  // What clients send to a node from now on, requests a minute.
  void SetLoad(std::size_t node, double rpm) { nodes_[node]->load = rpm; }

  // A request beside those of the load.
  void Send(std::size_t node) { nodes_[node]->due += 1; }

  struct Tally {
    std::uint64_t admitted = 0;
    std::uint64_t refused = 0;
    // Requests in flight, all nodes together, at most.
    std::uint64_t peak = 0;
  };
  // Plays so long; what became of the requests of all nodes meanwhile.
  Tally Run(absl::Duration time) {
    Tally tally;
    for (absl::Duration t; t < time; t += kStep) {
      clock_.Advance(kStep);
      ++steps_;
      std::uint64_t in_flight = 0;
      for (const auto& node : nodes_) {
        if (node->alive) Serve(*node, tally);
        in_flight += node->ends.size();
      }
      tally.peak = std::max(tally.peak, in_flight);
      if (board_ != nullptr) Exchange();
    }
    return tally;
  }

 private:
  // A request that waits for the control plane's word.
  struct Waiting {
    std::uint64_t number = 0;
    absl::Time until;
  };
  struct Node {
    Node(NodeId its_id, const Clock& clock)
        : id(std::move(its_id)), book(clock) {}

    // The one that there is.
    dataplane::Limit& limit() const {
      for (const auto& each :
           {view->clients[0].requests, view->clients[0].concurrent}) {
        if (each != nullptr) return *each;
      }
      return *view->providers[0].concurrent;
    }

    NodeId id;
    dataplane::QuotaBook book;
    std::shared_ptr<const dataplane::QuotaView> view;
    double load = 0;
    // Of the next request.
    double due = 0;
    std::deque<Waiting> waiting;
    // Of requests in flight.
    std::deque<absl::Time> ends;
    bool alive = true;
    bool reachable = true;
    bool has_news = false;
    absl::Time last_report = absl::InfinitePast();

    bool connected() const { return alive && reachable; }
  };

  void Serve(Node& node, Tally& tally) {
    const absl::Time now = clock_.Now();
    for (; !node.ends.empty() && node.ends.front() <= now;
         node.ends.pop_front()) {
      node.limit().Release();
    }
    for (; !node.waiting.empty(); node.waiting.pop_front()) {
      const Waiting& first = node.waiting.front();
      const bool answered = node.limit().IsAnswered(first.number);
      if (!answered && now < first.until) break;
      node.limit().EndAsk(answered ? dataplane::Limit::AskEnd::kAnswered
                                   : dataplane::Limit::AskEnd::kNoAnswer);
      Take(node, tally, Asking::kInVain);
    }
    node.due += node.load * absl::ToDoubleMinutes(kStep);
    for (; node.due >= 1; node.due -= 1) Take(node, tally, Asking::kNotYet);
    if (steps_ % 100 == 0) node.book.Tick();
  }

  enum class Asking { kNotYet, kInVain };
  void Take(Node& node, Tally& tally, Asking asking) {
    const absl::Time now = clock_.Now();
    dataplane::Limit& limit = node.limit();
    const bool refused = limit.Take(1, now).has_value();
    node.has_news |= limit.TakeNews();
    if (refused && asking == Asking::kNotYet && limit.MayAsk(now)) {
      node.waiting.push_back({limit.Ask(), now + kLongestWait});
      node.has_news = true;
      return;
    }
    ++(refused ? tally.refused : tally.admitted);
    if (!refused && limit.kind() == LimitKind::kConcurrent) {
      node.ends.push_back(now + kDuration);
    }
  }

  void Exchange() {
    std::size_t connected = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      Node& node = *nodes_[i];
      if (!node.connected()) continue;
      ++connected;
      const bool may = clock_.Now() - node.last_report >= kReportGap;
      if (!(may && node.has_news) && (steps_ + 7 * i) % 50 != 0) continue;
      Report(node);
      Grant(node);
    }
    board_->SetNodes(connected);
    if (steps_ % 10 != 0) return;
    for (const auto& node : nodes_) {
      if (node->connected()) Grant(*node);
    }
  }

  void Report(Node& node) {
    node.has_news = false;
    node.last_report = clock_.Now();
    std::map<std::string, controlplane::DemandReport> demands;
    for (const dataplane::QuotaDemand& demand : node.book.Demands()) {
      demands[demand.limit] = {demand.wanted, demand.refused, demand.held,
                               demand.asked,  demand.waiting, demand.granted,
                               demand.share};
    }
    board_->OnReport(node.id, 1, demands);
  }

  void Grant(Node& node) {
    const auto grant = board_->TakeGrant(node.id);
    if (!grant.has_value()) return;
    dataplane::QuotaWord word{
        grant->time_to_live, grant->nodes, grant->leases, {}};
    for (const auto& [limit, told] : grant->admissions) {
      word.admissions[limit] = {told.answered, told.granted, told.closed_for};
    }
    node.book.OnWord(std::move(word));
  }

  static constexpr absl::Duration kReportGap = absl::Milliseconds(100);

  testing::FakeClock clock_;
  config::v1::Resources resources_;
  std::shared_ptr<dataplane::RoutingConfig> config_;
  std::unique_ptr<controlplane::QuotaBoard> board_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::uint64_t steps_ = 0;
};

}  // namespace weir

#endif  // WEIR_TESTS_FLEET_LIMIT_SIMULATED_FLEET_H_
