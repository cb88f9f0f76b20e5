#include "cli/section_fill.h"

#include <algorithm>
#include <string_view>

#include "absl/status/statusor.h"

namespace weir::cli {
namespace {

bool Has(const config::ResourceFile& file, std::string_view section) {
  return std::find(file.sections.begin(), file.sections.end(), section) !=
         file.sections.end();
}

}  // namespace

absl::Status FillSections(AdminClient& client, const config::ResourceFile& file,
                          admin::ApplyRequest& request) {
  config::v1::Resources& resources = *request.mutable_resources();
  resources = file.resources;
  if (Has(file, "providers") && Has(file, "models") &&
      Has(file, "client_keys") && Has(file, "policy") &&
      Has(file, "webhooks")) {
    return absl::OkStatus();
  }
  auto current =
      client.Call(&AdminClient::Stub::Export, admin::ExportRequest());
  if (!current.ok()) return current.status();
  config::v1::Resources& registry = *current->mutable_resources();
  request.set_expected_revision(current->revision());
  if (!Has(file, "providers")) {
    resources.mutable_providers()->Swap(registry.mutable_providers());
  }
  if (!Has(file, "models")) {
    resources.mutable_models()->Swap(registry.mutable_models());
  }
  if (!Has(file, "client_keys")) {
    resources.mutable_client_keys()->Swap(registry.mutable_client_keys());
  }
  if (!Has(file, "policy") && registry.has_policy()) {
    resources.mutable_policy()->Swap(registry.mutable_policy());
  }
  if (!Has(file, "webhooks")) {
    resources.mutable_webhooks()->Swap(registry.mutable_webhooks());
  }
  return absl::OkStatus();
}

}  // namespace weir::cli
