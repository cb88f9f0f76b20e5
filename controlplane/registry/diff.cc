#include "controlplane/registry/diff.h"

#include <map>
#include <string_view>
#include <utility>

#include "controlplane/registry/field_diff.h"

namespace weir::controlplane {
namespace {

template <typename Message>
void DiffList(const char* resource,
              const google::protobuf::RepeatedPtrField<Message>& before,
              const google::protobuf::RepeatedPtrField<Message>& after,
              std::vector<Change>& changes) {
  std::map<std::string_view, const Message*> old;
  for (const Message& message : before) old[message.name()] = &message;
  for (const Message& message : after) {
    const auto found = old.find(message.name());
    const bool known = found != old.end();
    std::vector<FieldChange> fields =
        DiffFields(known ? *found->second : Message(), message);
    if (known) old.erase(found);
    if (known && fields.empty()) continue;
    changes.push_back({known ? ChangeKind::kUpdated : ChangeKind::kCreated,
                       resource, message.name(), std::move(fields)});
  }
  for (const Message& message : before) {
    if (!old.contains(message.name())) continue;
    changes.push_back({ChangeKind::kRemoved, resource, message.name(), {}});
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
  return changes;
}

}  // namespace weir::controlplane
