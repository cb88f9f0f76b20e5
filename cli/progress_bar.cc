#include "cli/progress_bar.h"

#include <cstddef>
#include <ostream>
#include <string>

#include "cli/cost_text.h"
#include "cli/display_width.h"
#include "common/concat.h"

namespace weir::cli {
namespace {

constexpr std::size_t kBar = 30;

}  // namespace

std::string ProgressText(const loadtest::LoadProgress& progress, int columns) {
  const std::size_t done =
      progress.total == 0 ? 0 : kBar * progress.ended / progress.total;
  return CutToWidth(
      Concat("[", std::string(done, '#'), std::string(kBar - done, '.'), "]  ",
             progress.ended, " of ", progress.total, ", ", progress.in_flight,
             " in flight, ", DollarText(progress.cost_usd)),
      columns);
}

ProgressBar::~ProgressBar() {
  if (shown_) io_.err << "\r\x1b[K" << std::flush;
}

void ProgressBar::Show(const loadtest::LoadProgress& progress) {
  if (io_.err_device != Device::kTerminal) return;
  shown_ = true;
  // The last column stays free: a terminal breaks the line behind it.
  const int columns = io_.columns();
  io_.err << '\r' << ProgressText(progress, columns > 1 ? columns - 1 : 1)
          << "\x1b[K" << std::flush;
}

}  // namespace weir::cli
