// What an edit changes, in an operator's words.
#ifndef WEIR_CONTROLPLANE_REGISTRY_DIFF_H_
#define WEIR_CONTROLPLANE_REGISTRY_DIFF_H_

#include <string>
#include <vector>

#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

enum class ChangeKind { kCreated, kUpdated, kRemoved };

// One field that differs; values as YAML, empty where there is none.
struct FieldChange {
  // Inside the resource: `health_check.interval`, `targets[1].weight`.
  std::string path;
  std::string before;
  std::string after;

  friend bool operator==(const FieldChange&, const FieldChange&) = default;
};

struct Change {
  ChangeKind kind;
  // provider, model, client_key, policy, webhook or price.
  std::string resource;
  // Empty for the policy, of which there is one; a price's is
  // `provider/model from 2026-01-31T00:00:00Z`, as far as it says these.
  std::string name;
  std::vector<FieldChange> fields;

  friend bool operator==(const Change&, const Change&) = default;
};

// The changes that make `after` of `before`: providers, models, client keys,
// policy, webhooks, prices; of each kind first what is created or updated in
// the order of `after`, then what is removed. Resources are the same when their
// names are; their order is no change.
std::vector<Change> Diff(const config::v1::Resources& before,
                         const config::v1::Resources& after);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_REGISTRY_DIFF_H_
