#include "controlplane/registry/section.h"

#include <google/protobuf/util/message_differencer.h>

namespace weir::controlplane {
namespace {

using config::v1::Resources;

// `resources` with nothing but one section.
Resources Only(Section section, const Resources& resources) {
  Resources only;
  CopySection(section, resources, only);
  return only;
}

}  // namespace

const char* SectionName(Section section) {
  switch (section) {
    case Section::kProviders:
      return "providers";
    case Section::kModels:
      return "models";
    case Section::kClientKeys:
      return "client_keys";
    case Section::kPolicy:
      return "policy";
    case Section::kWebhooks:
      return "webhooks";
    case Section::kPrices:
      return "prices";
  }
  return "";
}

std::optional<Section> SectionByName(std::string_view name) {
  for (Section section : kSections) {
    if (name == SectionName(section)) return section;
  }
  return std::nullopt;
}

bool SectionEquals(Section section, const Resources& a, const Resources& b) {
  return google::protobuf::util::MessageDifferencer::Equals(Only(section, a),
                                                            Only(section, b));
}

void CopySection(Section section, const Resources& from, Resources& to) {
  switch (section) {
    case Section::kProviders:
      *to.mutable_providers() = from.providers();
      return;
    case Section::kModels:
      *to.mutable_models() = from.models();
      return;
    case Section::kClientKeys:
      *to.mutable_client_keys() = from.client_keys();
      return;
    case Section::kPolicy:
      to.clear_policy();
      if (from.has_policy()) *to.mutable_policy() = from.policy();
      return;
    case Section::kWebhooks:
      *to.mutable_webhooks() = from.webhooks();
      return;
    case Section::kPrices:
      *to.mutable_prices() = from.prices();
      return;
  }
}

}  // namespace weir::controlplane
