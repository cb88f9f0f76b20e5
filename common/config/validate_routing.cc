#include <map>
#include <string>

#include "common/config/effective.h"
#include "common/config/enum_text.h"
#include "common/config/validate_parts.h"

namespace weir::config {
namespace {

constexpr v1::Complexity kComplexities[] = {
    v1::COMPLEXITY_SIMPLE, v1::COMPLEXITY_MEDIUM, v1::COMPLEXITY_COMPLEX,
    v1::COMPLEXITY_MULTIMODAL};

std::string NameOf(v1::Complexity complexity) {
  return EnumText(*v1::Complexity_descriptor()->FindValueByNumber(complexity));
}

void CheckComplexities(const std::string& path, const v1::Target& target,
                       Judge& judge) {
  std::map<int, std::string> seen;
  for (int i = 0; i < target.complexity_size(); ++i) {
    const std::string place = At(path + ".complexity", i);
    const v1::Complexity value = target.complexity(i);
    if (!v1::Complexity_IsValid(value) || value == v1::COMPLEXITY_UNSPECIFIED) {
      judge.Refuse(place, "is not known: " + std::to_string(value),
                   "write simple, medium, complex or multimodal");
      continue;
    }
    const auto [first, is_new] = seen.try_emplace(value, place);
    if (!is_new) {
      judge.Warn(place, "is the same as " + first->second,
                 "keep one of the two");
    }
  }
}

void CheckRoutes(const std::string& path, const v1::Model& model,
                 const Names& names, Judge& judge) {
  for (const v1::Complexity complexity : kComplexities) {
    const std::string& route = RouteFor(model, complexity);
    if (route.empty() || names.models.contains(route)) continue;
    judge.RefuseUnknown(path + ".routes." + NameOf(complexity), "model", route,
                        names.models);
  }
}

// Some target has a share of first attempts.
bool HasFirstChoice(const v1::Model& model) {
  for (const v1::Target& target : model.targets()) {
    if (BaseWeight(target) != 0 || target.fixed_share() > 0) return true;
  }
  return false;
}

bool Serves(const v1::Model& model, v1::Complexity complexity) {
  if (!RouteFor(model, complexity).empty()) return true;
  for (const v1::Target& target : model.targets()) {
    if (Takes(target, complexity)) return true;
  }
  return false;
}

// Requests that would get a 503 for as long as the model stands like this.
void CheckEveryRequestHasAWay(const std::string& path, const v1::Model& model,
                              Judge& judge) {
  if (!model.targets().empty() && !HasFirstChoice(model)) {
    judge.Refuse(path + ".targets",
                 "all have weight 0, so none can ever be chosen",
                 "give one of them a weight");
  }
  if (!model.fallback().empty()) return;
  if (model.targets().empty() && !HasRoutes(model)) return;
  for (const v1::Complexity complexity : kComplexities) {
    if (Serves(model, complexity)) continue;
    const std::string name = NameOf(complexity);
    judge.Refuse(path, "nothing serves its " + name + " requests",
                 "add routes." + name + ", or a target that takes them");
  }
}

}  // namespace

bool HasRoutes(const v1::Model& model) {
  for (const v1::Complexity complexity : kComplexities) {
    if (!RouteFor(model, complexity).empty()) return true;
  }
  return false;
}

void ValidateRouting(const std::string& path, const v1::Model& model,
                     const Names& names, Judge& judge) {
  for (int i = 0; i < model.targets_size(); ++i) {
    CheckComplexities(At(path + ".targets", i), model.targets(i), judge);
  }
  CheckRoutes(path, model, names, judge);
  CheckEveryRequestHasAWay(path, model, judge);
}

}  // namespace weir::config
