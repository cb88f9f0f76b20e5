// From a request to what is played back for it: who may ask, what goes wrong,
// and otherwise the dialect's answer.
#ifndef WEIR_TESTS_SIMPROVIDER_PROVIDER_H_
#define WEIR_TESTS_SIMPROVIDER_PROVIDER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/random.h"
#include "tests/simprovider/control.h"
#include "tests/simprovider/dialect/dialect.h"
#include "tests/simprovider/dialect/http_request.h"
#include "tests/simprovider/playback.h"
#include "tests/simprovider/stats.h"

namespace weir::simprovider {

// Thread safety: each thread has its own; control and board are shared.
class Provider {
 public:
  struct Parts {
    std::string name;
    std::unique_ptr<Dialect> dialect;
    Control& control;
    StatsBoard& board;
    Stats& stats;  // This thread's, on `board`.
    const Clock& clock;
    std::unique_ptr<Random> random;
  };
  explicit Provider(Parts parts);

  // Requests about the simulator itself (/__...) are answered at once, without
  // faults, and are not counted.
  enum class Subject { kModel, kSimulator };
  struct Reaction {
    Playback playback;
    Subject subject;
  };
  Reaction React(const Request& request, Stats::Connection connection);

  // Present ones; nullopt: never.
  std::optional<absl::Duration> idle_close();

 private:
  const Settings& Refresh();
  Answer Decide(const Request& request);
  std::optional<Answer> Refusal(const Request& request);
  std::optional<Answer> OverLimit();
  void Fail(const StatusFault& fault, Answer& answer) const;
  Answer Admin(const Request& request);
  Delivery DeliveryOf(const Request& request, const Answer& answer);
  void AddFaults(const Request& request, const Answer& answer,
                 Delivery& delivery);
  Answer Error(int status, std::string_view message) const;
  // `answer` with the header that says who gave it.
  Answer Signed(Answer answer) const;

  const Parts parts_;
  std::uint64_t version_ = 0;
  std::shared_ptr<const Settings> settings_;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_PROVIDER_H_
