// Where events end: three readers of the framing agree, over any division of
// the bytes.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/dialect/canonical/event_data.h"
#include "dataplane/relay/answer_format.h"
#include "dataplane/relay/first_event.h"
#include "dataplane/relay/hidden_usage.h"
#include "dataplane/relay/sse.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/one_input.h"
#include "tests/fuzz/pieces.h"

namespace weir::fuzz {
namespace {

using dataplane::AnswerFormat;
using dataplane::SseScan;
using dataplane::Terminator;

// What an SseScan says, of all bytes together.
struct Scanned {
  // Up to the last end of an event.
  std::size_t whole = 0;
  std::size_t events = 0;
  bool terminated = false;
  bool failed = false;
  bool terminated_whole = false;
  bool failed_whole = false;

  friend bool operator==(const Scanned&, const Scanned&) = default;
};

class Scan {
 public:
  explicit Scan(Terminator terminator) : scan_(terminator) {}

  void Feed(std::string_view piece) {
    const std::size_t whole = scan_.Feed(piece);
    Check(whole <= piece.size(), "an end lies in its piece");
    if (whole > 0) result_.whole = fed_ + whole;
    fed_ += piece.size();
    result_.events += scan_.events();
  }
  Scanned Result() const {
    Scanned result = result_;
    result.terminated = scan_.terminated();
    result.failed = scan_.failed();
    result.terminated_whole = scan_.terminated_whole();
    result.failed_whole = scan_.failed_whole();
    return result;
  }

 private:
  SseScan scan_;
  std::size_t fed_ = 0;
  Scanned result_;
};

Scanned ScanBothWays(std::string_view stream, Terminator terminator) {
  Scan whole(terminator);
  whole.Feed(stream);
  Scan divided(terminator);
  InPieces(stream, [&divided](std::string_view piece) {
    divided.Feed(piece);
    return true;
  });
  Check(whole.Result() == divided.Result(), "pieces change nothing to a scan");
  return whole.Result();
}

std::vector<std::string> DataOf(std::string_view stream) {
  dialect::canonical::EventData events;
  std::vector<std::string> data;
  events.Feed(stream);
  while (const auto next = events.Next()) data.emplace_back(*next);
  return data;
}

std::vector<std::string> DataOfPieces(std::string_view stream) {
  dialect::canonical::EventData events;
  std::vector<std::string> data;
  InPieces(stream, [&](std::string_view piece) {
    events.Feed(piece);
    while (const auto next = events.Next()) data.emplace_back(*next);
    return true;
  });
  return data;
}

// The events that `stream` begins with; looks at what the relay makes of each.
std::vector<std::string> Events(std::string_view stream) {
  std::vector<std::string> events;
  while (const auto event = dataplane::FirstEvent(stream)) {
    Check(event->bytes.size() <= stream.size() && !event->bytes.empty(),
          "an event is part of the stream");
    for (const AnswerFormat format :
         {AnswerFormat::kChat, AnswerFormat::kCompletions,
          AnswerFormat::kResponses, AnswerFormat::kMessages,
          AnswerFormat::kGenerate, AnswerFormat::kOpaque}) {
      dataplane::JudgeEvent(format, event->data);
    }
    events.emplace_back(event->bytes);
    stream.remove_prefix(event->bytes.size());
  }
  return events;
}

std::string Hidden(std::string_view events, std::size_t count) {
  std::string scratch;
  const dataplane::TwoPieces kept =
      dataplane::HideUsage(events, count, scratch);
  return std::string(kept.begin) + std::string(kept.end);
}

void CheckHidden(std::string_view stream,
                 const std::vector<std::string>& events) {
  std::string each;
  for (const std::string& event : events) each += Hidden(event, 1);
  Check(Hidden(stream, events.size()) == each,
        "usage is hidden in each event alike", each);
}

}  // namespace

void OneInput(std::string_view input) {
  const std::vector<std::string> events = Events(input);
  std::size_t whole = 0;
  for (const std::string& event : events) whole += event.size();
  for (const Terminator terminator :
       {Terminator::kDone, Terminator::kResponsesEvent,
        Terminator::kMessageStop, Terminator::kFinishReason,
        Terminator::kFraming}) {
    const Scanned scanned = ScanBothWays(input, terminator);
    Check(scanned.events == events.size() && scanned.whole == whole,
          "a scan and a reader see the same events");
  }
  const std::vector<std::string> data = DataOf(input);
  Check(data == DataOfPieces(input), "pieces change nothing to the data");
  Check(data.size() == events.size(), "all readers see the same events");
  if (events.size() > 1) CheckHidden(input.substr(0, whole), events);
}

}  // namespace weir::fuzz
