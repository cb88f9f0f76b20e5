#include "dataplane/attempt/failed_usage.h"

#include "dataplane/attempt/answer.h"
#include "dataplane/attempt/failure.h"
#include "dataplane/relay/usage_tap.h"
#include "dataplane/usage/settle.h"
#include "dataplane/usage/usage_book.h"

namespace weir::dataplane {
namespace {

Ending EndingOf(const Failure& failure) {
  if (failure.stage == Stage::kConnect) return Ending::kNothing;
  // A deadline of ours, a client that left, an attempt that was quicker.
  if (failure.timed_out || failure.blame == Blame::kNobody) {
    return Ending::kNotAwaited;
  }
  // Its own gateway gave up on it, not the model.
  if (failure.after_long_work) return Ending::kBroken;
  const bool broke_off =
      failure.stage == Stage::kAnswering && !failure.status.has_value();
  return broke_off ? Ending::kBroken : Ending::kNothing;
}

}  // namespace

AttemptEnd EndOfFailed(const Answer& answer, const Failure& failure) {
  AttemptEnd end{.ending = EndingOf(failure),
                 .format = answer.format,
                 .reading = {},
                 .failed = failure.blame != Blame::kNobody};
  // An error page of a gateway has no tokens.
  if (end.ending == Ending::kNothing || failure.status.has_value()) return end;
  OutputMeter meter;
  if (answer.is_stream) {
    meter.OnStream(answer.held());
  } else {
    meter.OnBytes(answer.held().size());
  }
  end.output_seen = meter.tokens();
  end.reading = ReadUsageOfWhole(answer.format, answer.held());
  return end;
}

}  // namespace weir::dataplane
