#include "dataplane/decision_gather.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "dataplane/decision/decision_log.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;

// One question to all. Lives until the last answer.
struct Round {
  explicit Round(const asio::any_io_executor& executor) : timer(executor) {}

  void Take(DecisionBatch batch) {
    if (!done) return;  // Too late.
    batches.push_back(std::move(batch));
    if (batches.size() == asked) End();
  }
  void End() {
    timer.cancel();
    if (const auto call = std::exchange(done, nullptr)) {
      call(std::move(batches));
    }
  }

  asio::steady_timer timer;
  std::size_t asked = 0;
  std::vector<DecisionBatch> batches;
  std::function<void(std::vector<DecisionBatch>)> done;
};

}  // namespace

void GatherDecisions(const asio::any_io_executor& executor,
                     const std::vector<DecisionSource>& sources,
                     const DecisionQuery& query, absl::Duration limit,
                     std::function<void(std::vector<DecisionBatch>)> done) {
  const auto round = std::make_shared<Round>(executor);
  round->asked = sources.size();
  round->done = std::move(done);
  for (const DecisionSource& source : sources) {
    source(query, [executor, round](DecisionBatch batch) {
      asio::post(executor, [round, batch = std::move(batch)]() mutable {
        round->Take(std::move(batch));
      });
    });
  }
  // With nobody to ask it is over at the loop's next turn.
  round->timer.expires_after(absl::ToChronoNanoseconds(
      sources.empty() ? absl::ZeroDuration() : limit));
  round->timer.async_wait([round](const boost::system::error_code& error) {
    if (!error) round->End();
  });
}

}  // namespace weir::dataplane
