#include "dataplane/access/access_log_carrier.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/access/access_log.h"
#include "dataplane/access/access_log_file.h"

namespace weir::dataplane {

namespace asio = boost::asio;

struct AccessLogCarrier::State : std::enable_shared_from_this<State> {
  State(const asio::any_io_executor& its_executor,
        std::unique_ptr<AccessLogFile> its_file,
        std::vector<Source> its_sources, absl::Duration its_pace)
      : executor(its_executor),
        timer(its_executor),
        file(std::move(its_file)),
        sources(std::move(its_sources)),
        every(its_pace) {}

  void Take(AccessLog::Lines lines) {
    dropped += lines.dropped;
    file->Write(std::move(lines.text));
  }

  void Ask() {
    for (const Source& source : sources) {
      source([weak = weak_from_this(),
              executor = executor](AccessLog::Lines lines) {
        asio::post(executor, [weak, lines = std::move(lines)]() mutable {
          if (const auto self = weak.lock()) self->Take(std::move(lines));
        });
      });
    }
    timer.expires_after(absl::ToChronoNanoseconds(every));
    timer.async_wait(
        [weak = weak_from_this()](const boost::system::error_code& error) {
          const auto self = weak.lock();
          if (!error && self != nullptr) self->Ask();
        });
  }

  const asio::any_io_executor executor;
  asio::steady_timer timer;
  const std::unique_ptr<AccessLogFile> file;
  const std::vector<Source> sources;
  const absl::Duration every;
  std::uint64_t dropped = 0;
};

AccessLogCarrier::AccessLogCarrier(asio::any_io_executor executor,
                                   std::unique_ptr<AccessLogFile> file,
                                   std::vector<Source> sources,
                                   absl::Duration every)
    : state_(std::make_shared<State>(executor, std::move(file),
                                     std::move(sources), every)) {
  state_->Ask();
}

AccessLogCarrier::~AccessLogCarrier() { state_->timer.cancel(); }

void AccessLogCarrier::Write(AccessLog::Lines lines) {
  state_->Take(std::move(lines));
}

std::uint64_t AccessLogCarrier::lines_written() const {
  return state_->file->lines_written();
}

std::uint64_t AccessLogCarrier::lines_dropped() const {
  return state_->file->lines_dropped() + state_->dropped;
}

}  // namespace weir::dataplane
