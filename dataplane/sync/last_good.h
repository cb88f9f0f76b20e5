// What a key stood for when it could last be read.
#ifndef WEIR_DATAPLANE_SYNC_LAST_GOOD_H_
#define WEIR_DATAPLANE_SYNC_LAST_GOOD_H_

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace weir::dataplane {

// A value, and why no newer one could be had.
template <typename Value>
struct Loaded {
  Value value;
  // Not OK when `value` is an older one, kept because reading it again failed.
  absl::Status outdated;
};

// Keeps the last value of each key, so that a secret file that is gone or half
// written for a moment takes no provider away.
//
// Not thread-safe.
template <typename Value>
class LastGood {
 public:
  // `loaded` where it is a value, else the value that `key` had before, else
  // the error.
  absl::StatusOr<Loaded<Value>> Keep(const std::string& key,
                                     absl::StatusOr<Value> loaded) {
    if (loaded.ok()) {
      entries_.insert_or_assign(key, Entry{*loaded, true});
      return Loaded<Value>{*std::move(loaded), absl::OkStatus()};
    }
    const auto found = entries_.find(key);
    if (found == entries_.end()) return loaded.status();
    found->second.used = true;
    return Loaded<Value>{found->second.value, loaded.status()};
  }

  // nullptr where `key` has no value.
  const Value* Find(const std::string& key) const {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second.value;
  }

  // Forgets what was not asked for since the last call: what no configuration
  // names any more must not stay in memory.
  void ForgetUnused() {
    absl::erase_if(entries_,
                   [](const auto& entry) { return !entry.second.used; });
    for (auto& [key, entry] : entries_) entry.used = false;
  }

 private:
  struct Entry {
    Value value;
    bool used;
  };
  absl::flat_hash_map<std::string, Entry> entries_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_LAST_GOOD_H_
