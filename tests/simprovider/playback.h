// One answer on its way: its bytes in pieces, each with the time it takes, and
// how it ends. Pure: reads no clock and touches no socket.
#ifndef WEIR_TESTS_SIMPROVIDER_PLAYBACK_H_
#define WEIR_TESTS_SIMPROVIDER_PLAYBACK_H_

#include <cstddef>
#include <optional>
#include <string>
#include <variant>

#include "absl/time/time.h"
#include "tests/simprovider/dialect/answer.h"
#include "tests/simprovider/settings.h"

namespace weir::simprovider {

// What becomes of the connection when the answer is over.
enum class Ending {
  kKeepOpen,
  kClose,    // In order, by FIN.
  kReset,    // By RST.
  kSilence,  // Nothing more comes, ever.
};

// How an answer is delivered.
struct Delivery {
  absl::Duration first_wait = absl::ZeroDuration();
  absl::Duration token_gap = absl::ZeroDuration();
  // After a whole answer: kKeepOpen or kClose.
  Ending ending = Ending::kKeepOpen;
  bool omit_body = false;  // The answer to a HEAD.

  int comments = 0;
  absl::Duration comment_gap = absl::ZeroDuration();

  // Sent instead of the answer.
  std::optional<std::string> garbage = {};
  // After so many bytes nothing more is sent, but the connection is ended so.
  struct Cut {
    std::size_t after_bytes;
    Ending ending;
  };
  std::optional<Cut> cut = {};
  std::optional<TruncateFault> truncate = {};
  // After so many events this one comes instead of the next, and is the last.
  struct Error {
    std::size_t after_events;
    std::string event;
  };
  std::optional<Error> error = {};
};

class Playback {
 public:
  // Go on after this time, which may be zero.
  struct After {
    absl::Duration wait;
  };
  using Step = std::variant<After, Ending>;

  Playback(Answer answer, Delivery delivery);

  // Before the first Next().
  absl::Duration first_wait() const { return delivery_.first_wait; }

  // Whether a fault keeps this from being a whole and valid answer.
  bool sabotaged() const {
    return delivery_.cut || delivery_.truncate || delivery_.garbage ||
           delivery_.error;
  }

  // Appends the next piece and says how to go on.
  // REQUIRES: no earlier call returned an Ending.
  Step Next(std::string& out);

 private:
  Step Compose(std::string& out);
  Step ComposeWhole(std::string& out);
  Step ComposeEvent(std::string& out);
  Step EndStream(std::string& out);
  void AppendHead(std::string& out) const;
  // Sends `payload` as a chunk, or as much of it as a truncation leaves.
  // nullopt: go on.
  std::optional<Step> AppendEvent(std::string_view payload, std::string& out);

  Answer answer_;
  Delivery delivery_;
  bool head_sent_ = false;
  int comments_left_;
  std::size_t events_ = 0;       // Sent so far.
  std::size_t event_bytes_ = 0;  // Sent so far, without framing.
  std::size_t sent_ = 0;         // Everything.
  std::string event_;
};

// What GarbageFault sends instead of `answer`.
std::string GarbageFor(const GarbageFault& fault, const Answer& answer);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_PLAYBACK_H_
