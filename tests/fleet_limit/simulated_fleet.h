// Nodes, their clients and a control plane in simulated time.
#ifndef WEIR_TESTS_FLEET_LIMIT_SIMULATED_FLEET_H_
#define WEIR_TESTS_FLEET_LIMIT_SIMULATED_FLEET_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/quota/quota_board.h"
#include "dataplane/quota/quota_book.h"
#include "dataplane/snapshot.h"
#include "tests/testing/fake_clock.h"

namespace weir {

// One client key with a limit of requests a minute. Nodes report twice a
// second, each at its own time, and at once when they should; the control plane
// looks ten times a second, as the real ones do. Messages take no time.
class SimulatedFleet {
 public:
  static constexpr absl::Duration kStep = absl::Milliseconds(10);

  SimulatedFleet(std::size_t nodes, std::uint64_t rpm)
      : config_(std::make_shared<dataplane::RoutingConfig>()) {
    config_->clients.emplace_back();
    config_->clients[0].name = ClientKeyId{"demo"};
    config_->clients[0].max_rpm = rpm;
    config::v1::ClientKey& key = *resources_.add_client_keys();
    key.set_name("demo");
    key.mutable_limits()->set_rpm(rpm);
    StartControlPlane();
    for (std::size_t i = 0; i < nodes; ++i) AddNode();
  }

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

  struct Tally {
    std::uint64_t admitted = 0;
    std::uint64_t refused = 0;
  };
  // Plays so long; what became of the requests of all nodes meanwhile.
  Tally Run(absl::Duration time) {
    Tally tally;
    for (absl::Duration t; t < time; t += kStep) {
      clock_.Advance(kStep);
      ++steps_;
      for (const auto& node : nodes_) {
        if (node->alive) Serve(*node, tally);
      }
      if (board_ != nullptr) Exchange();
    }
    return tally;
  }

 private:
  struct Node {
    Node(NodeId its_id, const Clock& clock)
        : id(std::move(its_id)), book(clock) {}

    NodeId id;
    dataplane::QuotaBook book;
    std::shared_ptr<const dataplane::QuotaView> view;
    double load = 0;
    // Of the next request.
    double due = 0;
    bool alive = true;
    bool reachable = true;
    bool has_news = false;

    bool connected() const { return alive && reachable; }
  };

  void Serve(Node& node, Tally& tally) const {
    dataplane::Limit& limit = *node.view->clients[0].requests;
    node.due += node.load * absl::ToDoubleMinutes(kStep);
    for (; node.due >= 1; node.due -= 1) {
      ++(limit.Take(1, clock_.Now()).has_value() ? tally.refused
                                                 : tally.admitted);
      node.has_news |= limit.TakeNews();
    }
    if (steps_ % 100 == 0) node.book.Tick();
  }

  void Exchange() {
    std::size_t connected = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      Node& node = *nodes_[i];
      if (!node.connected()) continue;
      ++connected;
      if (!node.has_news && (steps_ + 7 * i) % 50 != 0) continue;
      node.has_news = false;
      std::map<std::string, controlplane::DemandReport> demands;
      for (const dataplane::QuotaDemand& demand : node.book.Demands()) {
        demands[demand.limit] = {demand.wanted, demand.refused, demand.held};
      }
      board_->OnReport(node.id, 1, demands);
    }
    board_->SetNodes(connected);
    if (steps_ % 10 != 0) return;
    for (const auto& node : nodes_) {
      if (!node->connected()) continue;
      const auto grant = board_->TakeGrant(node->id);
      if (!grant.has_value()) continue;
      node->book.OnWord({grant->time_to_live, grant->nodes, grant->leases, {}});
    }
  }

  testing::FakeClock clock_;
  config::v1::Resources resources_;
  std::shared_ptr<dataplane::RoutingConfig> config_;
  std::unique_ptr<controlplane::QuotaBoard> board_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::uint64_t steps_ = 0;
};

}  // namespace weir

#endif  // WEIR_TESTS_FLEET_LIMIT_SIMULATED_FLEET_H_
