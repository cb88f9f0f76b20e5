// How far a load test is, on one line of a terminal.
#ifndef WEIR_CLI_PROGRESS_BAR_H_
#define WEIR_CLI_PROGRESS_BAR_H_

#include <string>

#include "cli/io.h"
#include "cli/loadtest/load_run.h"

namespace weir::cli {

// `[####......]  40 of 100, 3 in flight, $0.0012`; no wider than `columns`.
// REQUIRES: columns >= 1. Pure.
std::string ProgressText(const loadtest::LoadProgress& progress, int columns);

// Shows it on `io.err` where that is a terminal, nothing elsewhere, and wipes
// the line in the end. Nobody else may write there meanwhile.
class ProgressBar {
 public:
  // REQUIRES: `io` outlives this.
  explicit ProgressBar(const Io& io) : io_(io) {}
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void Show(const loadtest::LoadProgress& progress);

 private:
  const Io& io_;
  bool shown_ = false;
};

}  // namespace weir::cli

#endif  // WEIR_CLI_PROGRESS_BAR_H_
