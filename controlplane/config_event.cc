#include "controlplane/config_event.h"

#include <cstddef>
#include <string>

#include "common/concat.h"

namespace weir::controlplane {
namespace {

constexpr std::size_t kNamed = 5;

const char* Verb(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kCreated:
      return "created";
    case ChangeKind::kUpdated:
      return "updated";
    case ChangeKind::kRemoved:
      return "removed";
  }
  return "changed";
}

}  // namespace

std::string ConfigEventText(std::uint64_t revision,
                            const std::vector<Change>& changes) {
  std::string text = Concat("revision ", revision);
  for (std::size_t i = 0; i < changes.size() && i < kNamed; ++i) {
    const Change& change = changes[i];
    Append(text, i == 0 ? ": " : ", ", change.resource,
           change.name.empty() ? "" : " ", change.name, " ", Verb(change.kind));
  }
  if (changes.size() > kNamed) {
    Append(text, " and ", changes.size() - kNamed, " more");
  }
  // Resources are the same when their names are.
  if (changes.empty()) text += ": another order";
  return text;
}

}  // namespace weir::controlplane
