// A change of the configuration, in one line.
#ifndef WEIR_CONTROLPLANE_CONFIG_EVENT_H_
#define WEIR_CONTROLPLANE_CONFIG_EVENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "controlplane/registry/diff.h"

namespace weir::controlplane {

// `revision 7: provider relay updated, model chat created`; of many changes the
// first and how many more there are. Pure.
std::string ConfigEventText(std::uint64_t revision,
                            const std::vector<Change>& changes);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_CONFIG_EVENT_H_
