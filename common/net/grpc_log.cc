#include "common/net/grpc_log.h"

#include <grpc/support/log.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace weir::net {
namespace {

constexpr std::int64_t kIntervalNs = 1'000'000'000;

void Forward(gpr_log_func_args* line) {
  static std::atomic<std::int64_t> next{0};
  static std::atomic<std::uint64_t> dropped{0};
  const std::int64_t now = absl::GetCurrentTimeNanos();
  std::int64_t due = next.load();
  if (now < due || !next.compare_exchange_strong(due, now + kIntervalNs)) {
    ++dropped;
    return;
  }
  const bool is_error = line->severity == GPR_LOG_SEVERITY_ERROR;
  spdlog::log(is_error ? spdlog::level::warn : spdlog::level::debug,
              "gRPC: {} ({} more since the last line)", line->message,
              dropped.exchange(0));
}

}  // namespace

void TameGrpcLog() { gpr_set_log_function(Forward); }

}  // namespace weir::net
