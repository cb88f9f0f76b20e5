// One life of a control plane as a roll-out sees it, and nodes that obey it.
#ifndef WEIR_TESTS_CONTROLPLANE_ROLLOUT_ROLLOUT_PLANE_H_
#define WEIR_TESTS_CONTROLPLANE_ROLLOUT_ROLLOUT_PLANE_H_

#include <google/protobuf/text_format.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/ids.h"
#include "controlplane/publish/node_list.h"
#include "controlplane/publish/publisher.h"
#include "controlplane/rollout/rollout.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {

// A node that takes or refuses what it should run, at once.
struct FakeNode {
  StreamId stream = 0;
  std::optional<Version> runs;
  bool takes = true;
  std::set<std::uint64_t> got = {};  // Sequences.
  Traffic traffic = {};
};

// One life of a control plane, and the nodes that come to it.
class Plane {
 public:
  explicit Plane(weir::testing::FakeClock& clock, RolloutPolicy policy = {},
                 std::uint64_t epoch = 7)
      : clock_(clock),
        publisher_(epoch, {[this](Lane lane) -> std::optional<std::string> {
                             if (lane != Lane::kConfig || !wanted_.resources) {
                               return std::nullopt;
                             }
                             return rollout_.Consider(wanted_);
                           },
                           [](Lane, const Version&, std::string_view content) {
                             return std::string(content);
                           }}),
        rollout_(publisher_, list_, policy, clock_) {
    publisher_.OnPublish([this](Lane, const PublicationPtr&) { Spread(); });
    rollout_.Connect(
        {[this] { Spread(); },
         [this](const RolloutNews& told) { news.push_back(told.kind); },
         [this](const std::vector<NodeId>& nodes) {
           for (const NodeId& node : nodes) on_trial.push_back(node.value);
         }});
  }

  void Connect(const std::string& name, std::optional<Version> runs = {}) {
    FakeNode& node = nodes_[name];
    node.stream = ++streams_;
    node.runs = std::move(runs);
    NodeList::Hello hello;
    hello.identity.id = NodeId{name};
    hello.identity.boot_id = ++boots_;
    hello.config = node.runs;
    ASSERT_THAT(list_.OnHello(node.stream, std::move(hello)),
                weir::testing::IsOk());
    Serve(name, node);
  }
  void Leave(const std::string& name) {
    list_.OnEnd(nodes_.at(name).stream, NodeId{name}, clock_.Now());
    nodes_.erase(name);
  }

  // The registry is `text` from now on.
  void Want(const std::string& text) {
    config::v1::Resources resources;
    ASSERT_TRUE(
        google::protobuf::TextFormat::ParseFromString(text, &resources));
    wanted_ = {wanted_.revision + 1,
               std::make_shared<const config::v1::Resources>(resources)};
    publisher_.OnChange(Lane::kConfig, clock_.Now());
  }
  // Lets time pass as the control plane does, with reports of what nodes serve.
  void Pass(absl::Duration time) {
    for (absl::Duration done; done < time; done += absl::Milliseconds(100)) {
      clock_.Advance(absl::Milliseconds(100));
      for (auto& [name, node] : nodes_) {
        if (node.traffic == Traffic()) continue;
        list_.OnReport(node.stream, NodeId{name}, {0, 0, node.traffic},
                       clock_.Now());
      }
      publisher_.Tick(clock_.Now());
      rollout_.Tick();
    }
  }

  FakeNode& node(const std::string& name) { return nodes_.at(name); }
  // The names of those that run what has `text` in it.
  std::vector<std::string> Running(const std::string& text) {
    std::vector<std::string> names;
    for (const auto& [name, node] : nodes_) {
      if (contents_[node.runs.value_or(Version()).sequence].find(text) !=
          std::string::npos) {
        names.push_back(name);
      }
    }
    return names;
  }
  std::vector<RolloutNews::Kind> TakeNews() { return std::exchange(news, {}); }

  std::vector<RolloutNews::Kind> news;
  std::vector<std::string> on_trial;

 private:
  void Spread() {
    for (auto& [name, node] : nodes_) Serve(name, node);
  }
  void Serve(const std::string& name, FakeNode& node) {
    const PublicationPtr should = rollout_.For(NodeId{name});
    if (should == nullptr || node.runs == should->version) return;
    if (node.got.contains(should->version.sequence) && !node.takes) return;
    contents_[should->version.sequence] = should->message;
    node.got.insert(should->version.sequence);
    NodeAnswer answer{Lane::kConfig, node.runs, {}, {}};
    const bool is_older = node.runs.has_value() &&
                          node.runs->epoch == should->version.epoch &&
                          node.runs->sequence > should->version.sequence;
    EXPECT_FALSE(is_older) << name << " would refuse it";
    if (node.takes) {
      node.runs = answer.running = should->version;
    } else {
      answer.problems = {"no"};
      answer.refused = should->version;
    }
    list_.OnAnswer(node.stream, NodeId{name}, std::move(answer));
  }

  weir::testing::FakeClock& clock_;
  Registered wanted_;
  NodeList list_;
  std::map<std::string, FakeNode> nodes_;
  std::map<std::uint64_t, std::string> contents_;
  StreamId streams_ = 0;
  std::uint64_t boots_ = 0;
  Publisher publisher_;

 public:
  Rollout rollout_;
};

// Resources that have `name` in them, and what else is said.
inline std::string Config(const std::string& name,
                          const std::string& more = "") {
  return "providers { name: '" + name + "' base_url: 'http://a.test/v1' } " +
         more;
}

inline std::string KeyNamed(const std::string& name, char digit) {
  return "client_keys { name: '" + name + "' secret_sha256: '" +
         std::string(64, digit) + "' } ";
}

}  // namespace weir::controlplane

#endif  // WEIR_TESTS_CONTROLPLANE_ROLLOUT_ROLLOUT_PLANE_H_
