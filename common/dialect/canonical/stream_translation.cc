#include "common/dialect/canonical/stream_translation.h"

#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/provider_error.h"

namespace weir::dialect::canonical {

absl::Status StreamTranslation::Feed(std::string_view piece, std::string& out) {
  // What follows the end is nobody's, and not kept.
  if (ended_ || failed_.has_value()) return absl::OkStatus();
  events_in_.Feed(piece);
  while (!ended_ && !failed_.has_value()) {
    const auto data = events_in_.Next();
    if (!data.has_value()) break;
    events_.clear();
    if (data->empty()) {
      // A comment, by which servers say that they are there.
      events_.push_back(StillAlive{});
    } else if (auto status = reader_->ReadEvent(*data, events_); !status.ok()) {
      return status;
    }
    if (auto status = Write(out); !status.ok()) return status;
    if (failed_.has_value()) failed_data_ = *data;
  }
  if (events_in_.too_large()) {
    return absl::ResourceExhaustedError("an event of the stream is too large");
  }
  return absl::OkStatus();
}

absl::Status StreamTranslation::EndOfBody(std::string& out) {
  if (ended_ || failed_.has_value()) return absl::OkStatus();
  if (events_in_.pending()) {
    return absl::InvalidArgumentError("the stream ended within an event");
  }
  events_.clear();
  if (auto status = reader_->ReadEndOfBody(events_); !status.ok()) {
    return status;
  }
  return Write(out);
}

void StreamTranslation::SayAlive(std::string& out) {
  if (!started_ || ended_ || failed_.has_value()) return;
  // No writer fails for it: it adds to nothing that is kept.
  writer_->WriteEvent(StillAlive{}, out).IgnoreError();
}

absl::Status StreamTranslation::Write(std::string& out) {
  for (const AnswerEvent& event : events_) {
    if (const auto* failed = std::get_if<Failed>(&event)) {
      failed_ = ErrorOfEvent(*failed);
      return absl::OkStatus();
    }
    if (std::holds_alternative<Started>(event)) {
      started_ = true;
    } else if (!started_) {
      if (std::holds_alternative<StillAlive>(event)) continue;
      return absl::InvalidArgumentError("the stream lacks its begin");
    }
    if (const auto* counted = std::get_if<Counted>(&event)) {
      Overlay(counted->usage, usage_);
    }
    if (auto status = writer_->WriteEvent(event, out); !status.ok()) {
      return status;
    }
    ended_ = ended_ || std::holds_alternative<Ended>(event);
  }
  return absl::OkStatus();
}

}  // namespace weir::dialect::canonical
