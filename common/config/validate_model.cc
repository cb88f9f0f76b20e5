#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/config/effective.h"
#include "common/config/validate_parts.h"

namespace weir::config {
namespace {

constexpr std::size_t kMaxModelName = 255;
constexpr double kMaxWeight = 1'000'000;

// Name or alias to where it stands.
using SeenNames = std::map<std::string, std::string>;

bool IsModelName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxModelName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return c > ' ' && c < 0x7F &&
                  std::string_view("\"'`\\,").find(c) == std::string_view::npos;
         });
}

void CheckModelName(const std::string& path, const std::string& name,
                    SeenNames& seen, Judge& judge) {
  if (name.empty()) {
    judge.Refuse(path, "is missing", "write the name that clients ask for");
    return;
  }
  if (!IsModelName(name)) {
    judge.Refuse(path, "is not a model's name: " + Quote(name),
                 "write 1 to 255 printable ASCII characters without spaces, "
                 "quotes, backslashes and commas");
  }
  const auto [first, is_new] = seen.try_emplace(name, path);
  if (!is_new) {
    judge.Refuse(path, Quote(name) + " is what " + first->second + " says too",
                 "use each name and alias once");
  }
}

void CheckTarget(const std::string& path, const v1::Target& target,
                 const Names& names, Judge& judge) {
  if (target.provider().empty()) {
    judge.Refuse(path + ".provider", "is missing",
                 "write the name of a provider");
  } else if (!names.providers.contains(target.provider())) {
    judge.RefuseUnknown(path + ".provider", "provider", target.provider(),
                        names.providers);
  }
  judge.CheckText(path + ".model", target.model());
  judge.CheckNumber(path + ".weight", BaseWeight(target), 0, kMaxWeight);
  if (target.has_max_latency()) {
    judge.CheckDuration(path + ".max_latency", target.max_latency(),
                        absl::Milliseconds(1), absl::Hours(1));
  }
  CheckPrice(path + ".price", target.price(), judge);
  judge.CheckMode(path + ".mode", target.mode());
}

void CheckTargets(const std::string& path, const v1::Model& model,
                  const Names& names, Judge& judge) {
  const std::string field = path + ".targets";
  if (model.targets().empty()) {
    // A model that only routes needs none.
    if (HasRoutes(model)) return;
    judge.Refuse(field, "are missing",
                 "write at least one: - {provider: NAME, model: NAME}");
    return;
  }
  // Target to its place.
  std::map<TargetId, std::string> seen;
  for (int i = 0; i < model.targets_size(); ++i) {
    const v1::Target& target = model.targets(i);
    const std::string place = At(field, i);
    CheckTarget(place, target, names, judge);
    const auto [first, is_new] =
        seen.try_emplace(TargetIdOf(model, target), place);
    if (!is_new) {
      judge.Refuse(place, "is the same provider and model as " + first->second,
                   "keep one of the two");
    }
  }
}

void CheckFallback(const std::string& path, const v1::Model& model,
                   const Names& names, Judge& judge) {
  std::map<int, std::string> seen;
  for (int i = 0; i < model.fallback_size(); ++i) {
    const std::string& name = model.fallback(i);
    const std::string place = At(path + ".fallback", i);
    const auto found = names.models.find(name);
    if (found == names.models.end()) {
      judge.RefuseUnknown(place, "model", name, names.models);
      continue;
    }
    const auto [first, is_new] = seen.try_emplace(found->second, place);
    if (!is_new) {
      judge.Warn(place, "is the same model as " + first->second,
                 "keep one of the two");
    }
  }
}

}  // namespace

void ValidateModels(const v1::Resources& resources, const Names& names,
                    Judge& judge) {
  SeenNames seen;
  for (int i = 0; i < resources.models_size(); ++i) {
    const v1::Model& model = resources.models(i);
    const std::string path = At("models", i);
    CheckModelName(path + ".name", model.name(), seen, judge);
    for (int j = 0; j < model.aliases_size(); ++j) {
      CheckModelName(At(path + ".aliases", j), model.aliases(j), seen, judge);
    }
    CheckTargets(path, model, names, judge);
    ValidateStrategy(path, model, names, resources, judge);
    CheckFallback(path, model, names, judge);
    ValidateRouting(path, model, names, judge);
    ValidatePlacement(path, model, judge);
    judge.CheckMode(path + ".mode", model.mode());
  }
}

}  // namespace weir::config
