// An identity that follows its files.
#ifndef WEIR_COMMON_TLS_IDENTITY_WATCH_H_
#define WEIR_COMMON_TLS_IDENTITY_WATCH_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/file_watch.h"
#include "common/mutex.h"
#include "common/tls/identity.h"

namespace weir::tls {

// What was read last that can be used: files that can't be used later on change
// nothing but a count, a line in the log and problem(). A certificate and a key
// that are replaced one after the other are taken up with the second, and one
// that was not valid yet, for clocks differ, when it is.
//
// Thread safety: every method may be called from any thread.
class IdentityWatch {
 public:
  enum class Change { kNone, kReplaced, kRefused };

  // What happened since the start.
  struct Counts {
    std::uint64_t replaced = 0;
    std::uint64_t refused = 0;
  };

  // Errors of LoadIdentity().
  static absl::StatusOr<std::unique_ptr<IdentityWatch>> Open(
      IdentityFiles files, absl::Time now);

  // Looks whether files changed. Call about once a second; `now` is the time of
  // the wall clock.
  Change Poll(absl::Time now);

  std::shared_ptr<const Identity> Current() const;
  Counts counts() const;
  // Why the files are not what is in use, or which of them has expired while it
  // was, and when; empty otherwise.
  std::string problem() const;

 private:
  IdentityWatch(IdentityFiles files, FileWatch watch, Identity identity)
      : files_(std::move(files)),
        watch_(std::move(watch)),
        current_(std::make_shared<const Identity>(std::move(identity))) {}

  // Once for what is in use, in the log and as the problem. Peers only say that
  // a handshake failed.
  void SayWhatExpired(absl::Time now);

  const IdentityFiles files_;
  // Held while files are read, by one at a time.
  Mutex poll_mutex_;
  FileWatch watch_ ABSL_GUARDED_BY(poll_mutex_);
  // What the files have can't be used: time may change that.
  bool refused_ ABSL_GUARDED_BY(poll_mutex_) = false;

  mutable Mutex mutex_;
  std::shared_ptr<const Identity> current_ ABSL_GUARDED_BY(mutex_);
  Counts counts_ ABSL_GUARDED_BY(mutex_);
  std::string problem_ ABSL_GUARDED_BY(mutex_);
  // What is in use has expired, and that was said.
  bool expired_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace weir::tls

#endif  // WEIR_COMMON_TLS_IDENTITY_WATCH_H_
