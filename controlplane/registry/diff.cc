#include "controlplane/registry/diff.h"

#include <google/protobuf/util/time_util.h>

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controlplane/registry/field_diff.h"

namespace weir::controlplane {
namespace {

// What the resource is known by.
template <typename Message>
std::string NameOf(const Message& message) {
  return message.name();
}

std::string NameOf(const config::v1::DatedPrice& price) {
  std::string name = price.provider().empty()
                         ? price.model()
                         : absl::StrCat(price.provider(), "/", price.model());
  if (price.has_effective_from()) {
    absl::StrAppend(
        &name, " from ",
        google::protobuf::util::TimeUtil::ToString(price.effective_from()));
  }
  return name;
}

template <typename Message>
void DiffList(const char* resource,
              const google::protobuf::RepeatedPtrField<Message>& before,
              const google::protobuf::RepeatedPtrField<Message>& after,
              std::vector<Change>& changes) {
  std::map<std::string, const Message*> old;
  for (const Message& message : before) old[NameOf(message)] = &message;
  for (const Message& message : after) {
    const std::string name = NameOf(message);
    const auto found = old.find(name);
    const bool known = found != old.end();
    std::vector<FieldChange> fields =
        DiffFields(known ? *found->second : Message(), message);
    if (known) old.erase(found);
    if (known && fields.empty()) continue;
    changes.push_back({known ? ChangeKind::kUpdated : ChangeKind::kCreated,
                       resource, name, std::move(fields)});
  }
  for (const Message& message : before) {
    const std::string name = NameOf(message);
    if (!old.contains(name)) continue;
    changes.push_back({ChangeKind::kRemoved, resource, name, {}});
  }
}

void DiffPolicy(const config::v1::Resources& before,
                const config::v1::Resources& after,
                std::vector<Change>& changes) {
  std::vector<FieldChange> fields = DiffFields(before.policy(), after.policy());
  if (fields.empty()) return;
  const ChangeKind kind = !before.has_policy()  ? ChangeKind::kCreated
                          : !after.has_policy() ? ChangeKind::kRemoved
                                                : ChangeKind::kUpdated;
  changes.push_back({kind, "policy", "", std::move(fields)});
}

}  // namespace

std::vector<Change> Diff(const config::v1::Resources& before,
                         const config::v1::Resources& after) {
  std::vector<Change> changes;
  DiffList("provider", before.providers(), after.providers(), changes);
  DiffList("model", before.models(), after.models(), changes);
  DiffList("client_key", before.client_keys(), after.client_keys(), changes);
  DiffPolicy(before, after, changes);
  DiffList("webhook", before.webhooks(), after.webhooks(), changes);
  DiffList("price", before.prices(), after.prices(), changes);
  return changes;
}

}  // namespace weir::controlplane
