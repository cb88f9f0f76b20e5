// The kinds of resources, each of which has one owner: Admin or a file.
#ifndef WEIR_CONTROLPLANE_REGISTRY_SECTION_H_
#define WEIR_CONTROLPLANE_REGISTRY_SECTION_H_

#include <array>
#include <optional>
#include <string_view>

#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

enum class Section {
  kProviders,
  kModels,
  kClientKeys,
  kPolicy,
  kWebhooks,
  kPrices
};

inline constexpr std::array<Section, 6> kSections = {
    Section::kProviders, Section::kModels,   Section::kClientKeys,
    Section::kPolicy,    Section::kWebhooks, Section::kPrices};

// As a resource file has it: `client_keys`.
const char* SectionName(Section section);
std::optional<Section> SectionByName(std::string_view name);

bool SectionEquals(Section section, const config::v1::Resources& a,
                   const config::v1::Resources& b);
void CopySection(Section section, const config::v1::Resources& from,
                 config::v1::Resources& to);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_REGISTRY_SECTION_H_
