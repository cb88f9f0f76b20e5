#include "cli/section_fill.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <string_view>
#include <vector>

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
  const google::protobuf::Descriptor& type = *resources.GetDescriptor();
  std::vector<const google::protobuf::FieldDescriptor*> missing;
  for (int i = 0; i < type.field_count(); ++i) {
    if (!Has(file, type.field(i)->name())) missing.push_back(type.field(i));
  }
  if (missing.empty()) return absl::OkStatus();
  auto current =
      client.Call(&AdminClient::Stub::Export, admin::ExportRequest());
  if (!current.ok()) return current.status();
  request.set_expected_revision(current->revision());
  resources.GetReflection()->SwapFields(&resources,
                                        current->mutable_resources(), missing);
  return absl::OkStatus();
}

}  // namespace weir::cli
