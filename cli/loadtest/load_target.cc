#include "cli/loadtest/load_target.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "cli/cost/priced_model.h"
#include "common/concat.h"

namespace weir::loadtest {
namespace {

using config::v1::Resources;

constexpr char kAll[] = "all";

// What a chat's format adds to its text, in tokens; providers count some.
constexpr std::uint64_t kEnvelopeTokens = 64;

const config::v1::Model* FindModel(const Resources& resources,
                                   const std::string& name) {
  for (const config::v1::Model& model : resources.models()) {
    if (cost::IsCalled(model, name)) return &model;
  }
  return nullptr;
}

std::string ModelNames(const Resources& resources) {
  std::string names;
  for (const config::v1::Model& model : resources.models()) {
    Append(names, names.empty() ? "" : ", ", model.name());
  }
  return names.empty() ? "none" : names;
}

bool IsOff(config::v1::Mode mode) {
  return mode == config::v1::MODE_DISABLED || mode == config::v1::MODE_DRAINING;
}

bool IsOff(const Resources& resources, const config::v1::Target& target) {
  if (IsOff(target.mode())) return true;
  return std::ranges::any_of(
      resources.providers(), [&](const config::v1::Provider& provider) {
        return provider.name() == target.provider() && IsOff(provider.mode());
      });
}

// What is dearest of both.
config::Price Dearest(const config::Price& a, const config::Price& b) {
  return {.input = std::max(a.input, b.input),
          .cached_input = std::max(a.cached_input, b.cached_input),
          .output = std::max(a.output, b.output),
          .cache_write = std::max(a.cache_write, b.cache_write),
          .cache_write_1h = std::max(a.cache_write_1h, b.cache_write_1h),
          .request = std::max(a.request, b.request)};
}

void AddTarget(const std::string& provider,
               const std::optional<config::Price>& price,
               std::vector<LoadTarget>& targets) {
  const auto known =
      std::ranges::find(targets, provider, &LoadTarget::provider);
  if (known == targets.end()) {
    targets.push_back({provider, price});
  } else if (known->price.has_value() && price.has_value()) {
    known->price = Dearest(*known->price, *price);
  } else {
    known->price = std::nullopt;
  }
}

std::string ProvidersOf(const config::v1::Model& model) {
  std::vector<std::string> names;
  for (const config::v1::Target& target : model.targets()) {
    if (std::ranges::find(names, target.provider()) == names.end()) {
      names.push_back(target.provider());
    }
  }
  std::string text;
  for (const std::string& name : names) {
    Append(text, text.empty() ? "" : ", ", name);
  }
  return text;
}

}  // namespace

absl::StatusOr<LoadTargets> FindTargets(
    const Resources& resources, const std::string& model_name,
    const std::vector<std::string>& providers, absl::Time now) {
  const config::v1::Model* const model = FindModel(resources, model_name);
  if (model == nullptr) {
    return absl::FailedPreconditionError(
        Concat("--model: there is no model \"", model_name,
               "\"; these there are: ", ModelNames(resources)));
  }
  const bool is_all = providers.size() == 1 && providers.front() == kAll;
  std::vector<LoadTarget> targets;
  for (const config::v1::Target& target : model->targets()) {
    const bool is_named =
        std::ranges::find(providers, target.provider()) != providers.end();
    if (is_named || (is_all && !IsOff(resources, target))) {
      AddTarget(target.provider(),
                config::PriceAt(resources, *model, target, now), targets);
    }
  }
  for (const std::string& name : providers) {
    if (is_all || std::ranges::find(targets, name, &LoadTarget::provider) !=
                      targets.end()) {
      continue;
    }
    return absl::FailedPreconditionError(
        Concat("--providers: ", model->name(), " has no target at \"", name,
               "\"; it has them at ", ProvidersOf(*model)));
  }
  if (targets.empty()) {
    return absl::FailedPreconditionError(
        Concat("every target of ", model->name(), " is switched off"));
  }
  return LoadTargets{model->name(), std::move(targets)};
}

double WorstCost(std::size_t body_bytes, std::uint64_t max_tokens,
                 const config::Price& price) {
  config::Price dearest = price;
  dearest.input = std::max({price.input, price.cached_input, price.cache_write,
                            price.cache_write_1h});
  return config::CostOf({.input = body_bytes + kEnvelopeTokens,
                         .output = max_tokens,
                         .requests = 1},
                        dearest);
}

}  // namespace weir::loadtest
