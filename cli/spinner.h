// A sign of life for what takes its time.
#ifndef WEIR_CLI_SPINNER_H_
#define WEIR_CLI_SPINNER_H_

#include <ostream>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "cli/io.h"
#include "common/mutex.h"

namespace weir::cli {

// Shows `what` with a turning mark on `io.err`, from `delay` after its making
// until it is destroyed, which wipes the line. Nothing where stderr is no
// terminal.
//
// Nobody else may write to `io.err` meanwhile.
class Spinner {
 public:
  static constexpr absl::Duration kDelay = absl::Seconds(1);

  Spinner(const Io& io, std::string what, absl::Duration delay = kDelay);
  ~Spinner();
  Spinner(const Spinner&) = delete;
  Spinner& operator=(const Spinner&) = delete;

 private:
  void Run(absl::Duration delay);
  // Whether the end came within `limit`.
  bool WaitForStop(absl::Duration limit);

  std::ostream& err_;
  const std::string what_;

  Mutex mutex_;
  CondVar changed_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;

  std::thread thread_;
};

}  // namespace weir::cli

#endif  // WEIR_CLI_SPINNER_H_
