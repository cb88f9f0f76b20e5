// A model, its targets and what a worker knows of them, in a few words.
#ifndef WEIR_TESTS_DATAPLANE_PLAN_PLAN_FIXTURE_H_
#define WEIR_TESTS_DATAPLANE_PLAN_PLAN_FIXTURE_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/plan/breaker.h"
#include "dataplane/plan/evidence.h"
#include "dataplane/plan/live_state.h"
#include "dataplane/plan/plan.h"
#include "dataplane/request.h"
#include "gtest/gtest.h"
#include "tests/dataplane/small_routing.h"

namespace weir::dataplane {

inline const absl::Time kNow = absl::FromUnixSeconds(1000);

class PlanTest : public ::testing::Test {
 protected:
  using Targets = std::vector<testing::SmallRouting::NewTarget>;

  // The model that requests ask for; the first to be added.
  void Model(const Targets& targets) {
    request_.model = routing_.AddModel("m", targets);
    Align();
  }
  void Fallback(const std::string& name, const Targets& targets) {
    const ModelIndex fallback = routing_.AddModel(name, targets);
    routing_.config->models[*request_.model].fallback.push_back(fallback);
    Align();
  }
  void Align() {
    request_.snapshot = &routing_.snapshot;
    view_ = live_.Align(*routing_.config);
  }

  Plan Make(double random = 0) {
    return MakePlan(request_, *view_, now_, random);
  }
  // The plan's providers by name, with the model's where it is a fallback.
  std::vector<std::string> Names(double random = 0) {
    std::vector<std::string> names;
    const Plan plan = Make(random);
    for (const Candidate& candidate : plan.candidates()) {
      names.push_back(routing_.config->providers[candidate.provider].name);
    }
    return names;
  }
  // How often each provider comes first, of 1000 equally likely chances.
  std::map<std::string, int> FirstPicks() {
    std::map<std::string, int> picks;
    for (int i = 0; i < 1000; ++i) ++picks[Names((i + 0.5) / 1000).at(0)];
    return picks;
  }

  TargetLive& target(std::size_t index) { return *view_->targets[index]; }
  // To be changed.
  Evidence& evidence(std::size_t index) {
    return target(index).ChangeEvidence();
  }
  void Open(std::size_t index) {
    for (int i = 0; i < 5; ++i) {
      evidence(index).breaker.OnFailure(Breaker::Kind::kAnswer, now_);
    }
  }

  testing::SmallRouting routing_;
  LiveState live_;
  std::shared_ptr<const LiveState::View> view_;
  Request request_;
  absl::Time now_ = kNow;
};

using Picks = std::map<std::string, int>;

}  // namespace weir::dataplane

#endif  // WEIR_TESTS_DATAPLANE_PLAN_PLAN_FIXTURE_H_
