// A provider's answer, to the client: from commit to the last byte.
#ifndef WEIR_DATAPLANE_RELAY_RELAY_H_
#define WEIR_DATAPLANE_RELAY_RELAY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/attempt/interrupt.h"
#include "dataplane/io/task.h"
#include "dataplane/io/timer_wheel.h"
#include "dataplane/relay/client_writer.h"
#include "dataplane/relay/sse.h"
#include "dataplane/relay/usage_scan.h"
#include "dataplane/relay/usage_tap.h"
#include "dataplane/request.h"
#include "dataplane/usage/settle.h"

namespace weir::dataplane {

enum class RelayEnd {
  // The client has all of it, and its end.
  kComplete,
  // The provider did not finish. The client of a stream was told by an error
  // event; its connection must be closed, without a proper end of the body but
  // where the event is one.
  kBroken,
  // Nobody is there to take it.
  kClientGone,
};

struct RelayResult {
  RelayEnd end;
  // For operators, when kBroken.
  std::string reason;
  // When kBroken, by whose doing.
  Blame blame = Blame::kEndpoint;
};

// Reads the provider no faster than the client takes it: at most one input
// buffer and one event lie between them. Lives on its request's coroutine.
class Relay final : private Exchange::Taker {
 public:
  // All outlive this. `deadline` is for the answer's last byte.
  Relay(const Request& request, Answer& answer, ClientWriter& writer,
        io::TimerWheel& wheel, Interrupt& interrupt, absl::Duration stream_idle,
        absl::Time deadline);

  // `head` is the answer's head as WriteAnswerHead() made it for `framing`: its
  // memory is given back when it has gone out. REQUIRES: the answer is not
  // whole.
  io::Task<RelayResult> Run(std::string head, AnswerFraming framing);

  // What the provider said of its work. REQUIRES: Run() has ended.
  UsageReading usage() const;
  // What came out, as far as bytes tell. REQUIRES: the same.
  std::uint32_t output_seen() const { return meter_.tokens(); }

 private:
  io::Task<RelayResult> RelayBody(std::string head,
                                  const AnswerFraming& framing);
  io::Task<RelayResult> RelayStream(std::string head,
                                    const AnswerFraming& framing);
  // The same, into the client's dialect.
  io::Task<RelayResult> RelayTranslated(std::string head,
                                        const AnswerFraming& framing);
  // What a piece of a stream has for the client.
  struct Events {
    TwoPieces bytes;
    // The same as chunks, where they can go out as they came.
    std::string_view chunks = {};
    // So much of the piece is whole; the rest is kept back.
    std::size_t whole = 0;
    // kYes: the client has the end with them.
    ClientWriter::Last last = ClientWriter::Last::kNo;
  };
  Events TakeEvents(const BodyPiece& piece);
  // What can go out as it came and does so at once; the rest is taken_'s.
  bool Take(const BodyPiece& piece) override;
  ClientWriter::Sending Write(std::string_view head, const Events& events,
                              const AnswerFraming& framing);
  // After what TakeEvents() gave of `piece` was written.
  void KeepRest(std::string_view piece, const Events& events);
  // Says what a stream's next piece will need.
  void LookAhead();
  // Around each wait for a piece, which is the provider's time; what the client
  // takes is not.
  void BeginWait();
  // The provider has `stream_idle_` from `now` on. Between two pieces that
  // Take() took, up to `slack_` more, so that not each sets the deadline anew.
  void WaitFrom(absl::Time now);
  void WaitOn(absl::Time now);
  void EndWait(const absl::StatusOr<BodyPiece>& piece);
  // More of a stream's events have come, and are in meter_.
  void NoteOutput();
  // Whether what tells the client of an error is an end of the stream in order:
  // `response.failed` is, and Codex hears it from a body that is whole alone.
  bool EndsByError() const;
  // Why the provider's bytes stopped coming.
  std::string WhyItStopped(const absl::Status& status) const;
  // Reads past the end marker, so that the connection can be used again.
  io::Task<> ReadToEnd();
  // Where nothing more comes: tells the client, if it is there.
  io::Task<RelayResult> Break(std::string head, std::string reason,
                              const AnswerFraming& framing);

  const Request& request_;
  Answer& answer_;
  ClientWriter& writer_;
  io::TimerWheel& wheel_;
  Interrupt& interrupt_;
  const absl::Duration stream_idle_;
  const absl::Duration slack_;
  const absl::Time deadline_;
  const Terminator terminator_;
  SseScan scan_;
  // Of what was not held as a whole.
  UsageTap usage_tap_;
  OutputMeter meter_;
  // What Take() made of the piece that it did not take to its end, and so much
  // of its chunks has gone out.
  std::optional<Events> taken_;
  // The begin of an event that has not come whole.
  std::string partial_;
  // What the last piece became, where its bytes did not serve, and what it was
  // made of.
  std::string translated_;
  std::string joined_;
  // The client did not ask for the usage that the stream has.
  const bool hides_usage_;
  // Tells of itself while the provider is silent: what translates speaks where
  // a provider of the client's own API would. Null where nothing does.
  const std::unique_ptr<io::TimerWheel::Timer> life_sign_;
  // The last piece was none.
  bool nudged_ = false;
  absl::Time waiting_since_;
  // The deadline that is set will do for whoever waits since before that.
  absl::Time good_until_;
  // Whom the stream's own error event speaks of.
  Blame told_ = Blame::kEndpoint;
  AnswerFraming framing_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_RELAY_H_
