#include "dataplane/understand/model_list.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/dialect/dialect.h"
#include "dataplane/request.h"
#include "dataplane/understand/endpoint.h"
#include "dataplane/understand/understand.h"

namespace weir::dataplane {
namespace {

bool IsListed(const Request& request, ModelIndex model) {
  return ConfigOf(request).models[model].mode != config::v1::MODE_DISABLED &&
         MayUse(*request.client, model);
}

}  // namespace

std::string ModelList(const Request& request) {
  std::vector<std::string_view> names;
  for (const auto& [name, model] : ConfigOf(request).model_by_name) {
    if (IsListed(request, model)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return request.dialect->ModelList(names);
}

Outcome<std::string> OneModel(const Request& request, std::string_view name) {
  const auto& by_name = ConfigOf(request).model_by_name;
  const auto found = by_name.find(name);
  if (found == by_name.end() || !IsListed(request, found->second)) {
    return UnknownModel(request, name);
  }
  return request.dialect->OneModel(found->first);
}

std::optional<Outcome<std::string>> ModelAnswer(const Route& route,
                                                const Request& request) {
  if (route.endpoint == Endpoint::kListModels) return ModelList(request);
  if (route.endpoint == Endpoint::kGetModel) {
    constexpr std::string_view kPrefix = "/models/";
    return OneModel(request, route.upstream_path.substr(kPrefix.size()));
  }
  return std::nullopt;
}

}  // namespace weir::dataplane
