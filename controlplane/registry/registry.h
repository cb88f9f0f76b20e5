// The resources at a revision, and who is told of changes.
#ifndef WEIR_CONTROLPLANE_REGISTRY_REGISTRY_H_
#define WEIR_CONTROLPLANE_REGISTRY_REGISTRY_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/config/yaml.h"
#include "common/mutex.h"
#include "controlplane/access/actor.h"
#include "controlplane/registry/diff.h"
#include "controlplane/registry/section.h"
#include "controlplane/store/store.h"
#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

// Immutable; cheap to copy.
struct Registered {
  // 0: nothing was ever configured.
  std::uint64_t revision = 0;
  // Never null.
  std::shared_ptr<const config::v1::Resources> resources;
  // Who made the revision; not known of one that the store held at the start.
  Actor author = {};
};

struct Outcome {
  std::vector<Change> changes;
  // After the change, or as it stays when there was none.
  std::uint64_t revision = 0;
  // What is legal and surely not meant, a sentence each.
  std::vector<std::string> warnings;
};

enum class Effect { kCommit, kDryRun };

struct ApplyOptions {
  Effect effect = Effect::kCommit;
  // The revision that the change must replace.
  std::optional<std::uint64_t> expected_revision = std::nullopt;
  Actor author = {};
};

// Every change is judged as a whole, stored, and only then seen by anybody.
//
// Errors of all changes: INVALID_ARGUMENT with a line a problem;
// FAILED_PRECONDITION when the change touches a section that a file owns, which
// is named; the store's own when it can't keep the change, UNAVAILABLE when it
// is away. The running resources stay as they were, but for ABORTED by the
// store, after which they are those that it has.
//
// Thread safety: every method may be called from any thread.
class Registry {
 public:
  // Takes over what `store` holds, which outlives this. Errors of the store;
  // FAILED_PRECONDITION when this version does not understand what it holds.
  static absl::StatusOr<std::unique_ptr<Registry>> Open(Store& store);

  Registered Current() const;

  // Makes the resources equal to `wanted`. ABORTED when the expected revision
  // is not the current one.
  absl::StatusOr<Outcome> Apply(const config::v1::Resources& wanted,
                                const ApplyOptions& options);

  // Changes a copy of the resources by `edit`, whose own error is passed on.
  using EditFunction = std::function<absl::Status(config::v1::Resources&)>;
  absl::StatusOr<Outcome> Edit(const EditFunction& edit, Actor author = {});

  // Makes the sections that `file` has equal to it; from now on `path` owns
  // them and Admin the others. Problems carry `path`:line.
  absl::StatusOr<Outcome> ApplyFile(const config::ResourceFile& file,
                                    const std::string& path);
  // `path` will own sections, but which is not known before it could be read:
  // until then Admin may change nothing.
  void ReserveFor(const std::string& path);

  // `listener` is called after each change, in the order of the revisions, on
  // the thread that made it. It must not change the registry.
  // REQUIRES: nothing changes yet.
  void OnChange(std::function<void(const Registered&)> listener);

  // Changes that the store could not keep, since the start.
  std::uint64_t store_errors() const { return store_errors_; }

 private:
  struct FileOwner {
    std::string path;
    std::set<Section> sections;
  };
  // Turns what the validator found into the error's message.
  using Describe =
      std::function<std::string(const std::vector<config::Problem>&)>;
  struct Proposal {
    config::v1::Resources resources;
    Effect effect = Effect::kCommit;
    Describe describe;
    Actor author;
  };

  explicit Registry(Store& store) : store_(store) {}

  absl::Status CheckOwner(const config::v1::Resources& wanted) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mutex_);
  absl::StatusOr<Outcome> Commit(Proposal proposal)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mutex_);
  absl::Status Keep(config::v1::Resources resources, const Actor& author)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mutex_);
  // Takes over what the store holds beyond the running revision: a change that
  // it kept although the answer was lost. Else no other could ever follow it.
  void Adopt(const Actor& author) ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mutex_);
  // Runs what is stored from now on, and tells the listeners.
  void Announce(StoredResources stored, const Actor& author)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mutex_);

  Store& store_;
  std::atomic<std::uint64_t> store_errors_{0};

  // Held for a whole change, the store's write and the listeners included, so
  // that there is one writer and everybody sees the same order.
  Mutex write_mutex_;
  std::optional<FileOwner> owner_ ABSL_GUARDED_BY(write_mutex_);
  std::vector<std::function<void(const Registered&)>> listeners_
      ABSL_GUARDED_BY(write_mutex_);

  // Held for a pointer's copy only; readers never wait for a disk.
  mutable Mutex current_mutex_;
  Registered current_ ABSL_GUARDED_BY(current_mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_REGISTRY_REGISTRY_H_
