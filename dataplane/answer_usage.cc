#include "dataplane/answer_usage.h"

#include <optional>

#include "absl/time/time.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/relay/relay.h"
#include "dataplane/relay/usage_tap.h"
#include "dataplane/usage/settle.h"
#include "dataplane/usage/usage_book.h"

namespace weir::dataplane {
namespace {

// The client gets the provider's own word on its request.
bool IsRefusal(const Answer& answer) {
  return answer.refuses_request || answer.exchange->head().status >= 400;
}

AttemptEnd Begun(const Answer& answer, absl::Duration latency) {
  AttemptEnd end{.ending = Ending::kNothing,
                 .format = answer.format,
                 .reading = {},
                 .failed = IsRefusal(answer),
                 .is_stream = answer.is_stream};
  if (!end.failed) end.answered_after = latency;
  return end;
}

Ending EndingOf(RelayEnd how) {
  switch (how) {
    case RelayEnd::kComplete:
      return Ending::kWhole;
    case RelayEnd::kBroken:
      return Ending::kBroken;
    case RelayEnd::kClientGone:
      return Ending::kNotAwaited;
  }
  return Ending::kBroken;
}

}  // namespace

AttemptEnd EndOfWhole(const Answer& answer, absl::Duration latency) {
  AttemptEnd end = Begun(answer, latency);
  if (end.failed) return end;
  end.ending = Ending::kWhole;
  end.reading = answer.usage.has_value()
                    ? *answer.usage
                    : ReadUsageOfWhole(answer.format, answer.held());
  OutputMeter meter;
  meter.OnBytes(answer.held().size());
  end.output_seen = meter.tokens();
  return end;
}

void NoteSent(RelayEnd how, AttemptEnd& end) {
  if (!end.failed) end.ending = EndingOf(how);
}

AttemptEnd EndOfRelayed(const Answer& answer, const Relay& relay, RelayEnd how,
                        absl::Duration latency) {
  AttemptEnd end = Begun(answer, latency);
  if (end.failed) return end;
  end.ending = EndingOf(how);
  end.reading = relay.usage();
  end.output_seen = relay.output_seen();
  end.failed = how == RelayEnd::kBroken;
  return end;
}

}  // namespace weir::dataplane
