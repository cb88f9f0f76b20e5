#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/validate_parts.h"

namespace weir::config {
namespace {

// A longer loop is shown by its ends.
constexpr std::size_t kMaxShown = 8;

// Where a model may send its requests: its fallbacks, then its routes.
class Steps {
 public:
  explicit Steps(const v1::Model& of)
      : model_(of),
        routes_{{{"simple", of.routes().simple()},
                 {"medium", of.routes().medium()},
                 {"complex", of.routes().complex()},
                 {"multimodal", of.routes().multimodal()}}} {}

  int size() const {
    return model_.fallback_size() + static_cast<int>(routes_.size());
  }
  // Empty where there is no such route.
  const std::string& To(int step) const {
    return step < model_.fallback_size() ? model_.fallback(step)
                                         : Route(step).model;
  }
  // The field, under the model's path.
  std::string Field(int step) const {
    return step < model_.fallback_size()
               ? At("fallback", step)
               : "routes." + std::string(Route(step).field);
  }

 private:
  struct OneRoute {
    std::string_view field;
    const std::string& model;
  };
  const OneRoute& Route(int step) const {
    return routes_[static_cast<std::size_t>(step - model_.fallback_size())];
  }

  const v1::Model& model_;
  const std::array<OneRoute, 4> routes_;
};

// Depth-first over the models, each visited once. Keeps its own stack: a chain
// of a hundred thousand models is no reason to overflow the thread's.
class LoopSearch {
 public:
  LoopSearch(const v1::Resources& resources, const Names& names, Judge& judge)
      : resources_(resources),
        names_(names),
        judge_(judge),
        visits_(static_cast<std::size_t>(resources.models_size())) {}

  void Run() {
    for (int i = 0; i < resources_.models_size(); ++i) {
      if (VisitOf(i).state == State::kUnseen) SearchFrom(i);
    }
  }

 private:
  enum class State { kUnseen, kOnPath, kDone };
  struct Visit {
    State state = State::kUnseen;
    // In path_, while on it.
    std::size_t position = 0;
    bool closes_loop = false;
  };
  struct Step {
    int model;
    int next;
  };

  Visit& VisitOf(int model) { return visits_[static_cast<std::size_t>(model)]; }

  void SearchFrom(int start) {
    Enter(start);
    while (!path_.empty()) {
      Step& step = path_.back();
      const Steps steps(resources_.models(step.model));
      if (step.next == steps.size()) {
        VisitOf(step.model).state = State::kDone;
        path_.pop_back();
        continue;
      }
      const int index = step.next++;
      const std::string& name = steps.To(index);
      const auto found = names_.models.find(name);
      // A model without a name is a problem of its own, and no route's goal.
      if (name.empty() || found == names_.models.end()) continue;
      const Visit& next = VisitOf(found->second);
      if (next.state == State::kUnseen) {
        Enter(found->second);
      } else if (next.state == State::kOnPath) {
        Report(next.position, steps.Field(index));
      }
    }
  }

  void Enter(int model) {
    VisitOf(model) = {State::kOnPath, path_.size(), false};
    path_.push_back({model, 0});
  }

  // The last model on the path names, in `field`, the one at `first`. One loop
  // a model is enough to read.
  void Report(std::size_t first, const std::string& field) {
    const int last = path_.back().model;
    if (VisitOf(last).closes_loop) return;
    VisitOf(last).closes_loop = true;
    const std::string place = At("models", last) + '.' + field;
    if (first == path_.size() - 1) {
      judge_.Refuse(place, "is the model itself", "remove it");
      return;
    }
    judge_.Refuse(place, "closes a loop: " + Describe(first),
                  "remove one of its steps");
  }

  // `a -> b -> a`, from the model at `first` to the end and back.
  std::string Describe(std::size_t first) const {
    std::string loop;
    for (std::size_t i = first; i < path_.size(); ++i) {
      const std::size_t shown = i - first;
      if (shown == kMaxShown && path_.size() - i > 1) {
        loop += "... -> ";
        i = path_.size() - 1;
      }
      loop += NameOf(i) + " -> ";
    }
    return loop + NameOf(first);
  }

  const std::string& NameOf(std::size_t position) const {
    return resources_.models(path_[position].model).name();
  }

  const v1::Resources& resources_;
  const Names& names_;
  Judge& judge_;
  std::vector<Visit> visits_;
  std::vector<Step> path_;
};

}  // namespace

void ValidateFallbackLoops(const v1::Resources& resources, const Names& names,
                           Judge& judge) {
  LoopSearch(resources, names, judge).Run();
}

}  // namespace weir::config
