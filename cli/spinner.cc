#include "cli/spinner.h"

#include <cstddef>
#include <string>
#include <utility>

#include "absl/time/clock.h"

namespace weir::cli {
namespace {

constexpr absl::Duration kTurn = absl::Milliseconds(100);

}  // namespace

Spinner::Spinner(const Io& io, std::string what, absl::Duration delay)
    : err_(io.err), what_(std::move(what)) {
  if (io.err_device != Device::kTerminal) return;
  thread_ = std::thread([this, delay] { Run(delay); });
}

Spinner::~Spinner() {
  {
    MutexLock lock(&mutex_);
    stopped_ = true;
    changed_.SignalAll();
  }
  if (thread_.joinable()) thread_.join();
}

void Spinner::Run(absl::Duration delay) {
  static constexpr char kMarks[] = {'|', '/', '-', '\\'};
  if (WaitForStop(delay)) return;
  std::size_t turn = 0;
  do {
    err_ << '\r' << kMarks[turn++ % sizeof(kMarks)] << ' ' << what_
         << std::flush;
  } while (!WaitForStop(kTurn));
  err_ << "\r\x1b[K" << std::flush;
}

bool Spinner::WaitForStop(absl::Duration limit) {
  const absl::Time end = absl::Now() + limit;
  MutexLock lock(&mutex_);
  while (!stopped_) {
    const absl::Duration left = end - absl::Now();
    if (left <= absl::ZeroDuration()) return false;
    changed_.WaitFor(&mutex_, left);
  }
  return true;
}

}  // namespace weir::cli
