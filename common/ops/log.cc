#include "common/ops/log.h"

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstddef>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"

namespace weir::ops {
namespace {

// Lines that wait for stderr. spdlog makes the room for all of them at the
// start, 400 bytes each.
constexpr std::size_t kQueueLines = 1024;

// The message with control characters escaped: what a client or a provider sent
// may be quoted in it and must not be able to forge a line of its own.
class EscapedMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    for (const char c : message.payload) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x20 && byte != 0x7f) {
        out.push_back(c);
        continue;
      }
      char escape[5];
      std::snprintf(escape, sizeof(escape), "\\x%02x", byte);
      out.append(escape, escape + 4);
    }
  }

  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<EscapedMessage>();
  }
};

std::unique_ptr<spdlog::formatter> MakeFormatter() {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(
      spdlog::pattern_time_type::utc);
  formatter->add_flag<EscapedMessage>('*');
  formatter->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %n: %*");
  return formatter;
}

}  // namespace

absl::Status SetUpLogging(std::string_view binary, std::string_view level) {
  spdlog::level::level_enum threshold;
  if (level == "debug") {
    threshold = spdlog::level::debug;
  } else if (level == "info") {
    threshold = spdlog::level::info;
  } else if (level == "warning") {
    threshold = spdlog::level::warn;
  } else if (level == "error") {
    threshold = spdlog::level::err;
  } else {
    return absl::InvalidArgumentError(
        "log level \"" + std::string(level) +
        "\" is none of debug, info, warning, error");
  }
  try {
    spdlog::init_thread_pool(kQueueLines, 1);
    auto logger = std::make_shared<spdlog::async_logger>(
        std::string(binary), std::make_shared<spdlog::sinks::stderr_sink_mt>(),
        spdlog::thread_pool(), spdlog::async_overflow_policy::overrun_oldest);
    logger->set_formatter(MakeFormatter());
    logger->set_level(threshold);
    spdlog::set_default_logger(std::move(logger));
  } catch (const spdlog::spdlog_ex& error) {
    return absl::InternalError(error.what());
  }
  return absl::OkStatus();
}

void FlushLog() {
  // The queue is drained by ending its thread. What is logged after that still
  // comes out, from the thread that logs it.
  const auto queued = spdlog::default_logger();
  auto direct = std::make_shared<spdlog::logger>(
      queued->name(), queued->sinks().begin(), queued->sinks().end());
  direct->set_level(queued->level());
  spdlog::set_default_logger(std::move(direct));
  spdlog::details::registry::instance().set_tp(nullptr);
}

}  // namespace weir::ops
