#include "dataplane/sync/lane_answer.h"

#include <google/protobuf/repeated_ptr_field.h>
#include <spdlog/spdlog.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/lanes.h"
#include "dataplane/sync/version.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {
namespace {

void AddNotes(const std::vector<std::string>& notes,
              google::protobuf::RepeatedPtrField<std::string>& to) {
  for (std::size_t i = 0; i < notes.size(); ++i) {
    if (i == kMaxNotes) {
      *to.Add() = absl::StrCat("and ", notes.size() - i, " more");
      return;
    }
    *to.Add() = notes[i];
  }
}

}  // namespace

std::string NameOf(LaneOutcome::Kind kind) {
  switch (kind) {
    case LaneOutcome::Kind::kApplied:
      return "applied";
    case LaneOutcome::Kind::kRunningAlready:
      return "unchanged";
    case LaneOutcome::Kind::kRefused:
      break;
  }
  return "refused";
}

std::string NameOf(routing::v1::Lane lane) {
  return lane == routing::v1::LANE_CONFIG ? "config" : "weights";
}

void LogOutcome(routing::v1::Lane lane, const Version& offered,
                const LaneOutcome& outcome) {
  if (outcome.kind == LaneOutcome::Kind::kRefused) {
    spdlog::error("{} of {} refused: {}", NameOf(lane), Describe(offered),
                  absl::StrJoin(outcome.notes, "; "));
  } else if (outcome.kind == LaneOutcome::Kind::kApplied) {
    for (const std::string& note : outcome.notes) spdlog::warn("{}", note);
  }
}

routing::v1::SubscribeRequest AnswerFor(routing::v1::Lane lane,
                                        const routing::v1::Version& offered,
                                        const LaneOutcome& outcome,
                                        const std::optional<Version>& running) {
  routing::v1::SubscribeRequest answer;
  if (outcome.kind != LaneOutcome::Kind::kRefused) {
    routing::v1::Ack& ack = *answer.mutable_ack();
    ack.set_lane(lane);
    *ack.mutable_version() = offered;
    AddNotes(outcome.notes, *ack.mutable_warnings());
    return answer;
  }
  routing::v1::Nack& nack = *answer.mutable_nack();
  nack.set_lane(lane);
  *nack.mutable_version() = offered;
  AddNotes(outcome.notes, *nack.mutable_problems());
  if (running.has_value()) *nack.mutable_running() = ToProto(*running);
  return answer;
}

}  // namespace weir::dataplane
