// What a node says to a lane's message.
#ifndef WEIR_DATAPLANE_SYNC_LANE_ANSWER_H_
#define WEIR_DATAPLANE_SYNC_LANE_ANSWER_H_

#include <cstddef>
#include <optional>
#include <string>

#include "dataplane/snapshot.h"
#include "dataplane/sync/lanes.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {

// Notes beyond so many are only counted: a broken configuration of thousands of
// providers must not make an answer of megabytes.
inline constexpr std::size_t kMaxNotes = 50;

// For metrics: `applied`, `unchanged` or `refused`.
std::string NameOf(LaneOutcome::Kind kind);
// For metrics and the log: `config` or `weights`.
std::string NameOf(routing::v1::Lane lane);

// What was refused, and what had to be left out.
void LogOutcome(routing::v1::Lane lane, const Version& offered,
                const LaneOutcome& outcome);

// An Ack or, for what was refused, a Nack that says what runs instead. Pure.
routing::v1::SubscribeRequest AnswerFor(routing::v1::Lane lane,
                                        const routing::v1::Version& offered,
                                        const LaneOutcome& outcome,
                                        const std::optional<Version>& running);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_LANE_ANSWER_H_
