// Counts answers under OpenTelemetry's names.
#ifndef WEIR_DATAPLANE_USAGE_GEN_AI_BOOK_H_
#define WEIR_DATAPLANE_USAGE_GEN_AI_BOOK_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>

#include "absl/time/time.h"
#include "common/dialect/canonical/usage.h"
#include "dataplane/gen_ai_counts.h"
#include "dataplane/plan/candidate.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "dataplane/worker_report.h"

namespace weir::dataplane {

// An answer that is over.
struct GenAiAnswer {
  const dialect::canonical::Usage& usage;
  // Since the request's head.
  absl::Duration duration;
  // Absent where it is no stream.
  std::optional<absl::Duration> first_token;
};

// Requests of no model and those that ask no model for an answer (counts of
// tokens, paths that go through as they are) are not counted: the conventions
// have no word for them.
//
// Not thread-safe: used on its worker's thread. Takes memory for new labels
// only.
class GenAiBook {
 public:
  void OnAnswer(const Request& request, const Candidate& candidate,
                const GenAiAnswer& answer);

  void AddTo(WorkerReport& report) const;

 private:
  // What a request's labels follow from.
  struct Place {
    std::uint64_t epoch = 0;
    std::uint64_t sequence = 0;
    ModelIndex model = 0;
    TargetIndex target = 0;
    Endpoint endpoint = Endpoint::kUnknown;

    friend bool operator==(const Place&, const Place&) = default;
  };
  struct Remembered {
    Place place;
    GenAiCounts* counts = nullptr;
  };

  GenAiCounts& CountsOf(const Request& request, const Candidate& candidate);

  // Counts stay where they are.
  std::map<GenAiLabels, GenAiCounts> counts_;
  // Those of late, so that most answers compare some numbers and no names.
  std::array<Remembered, 64> remembered_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_USAGE_GEN_AI_BOOK_H_
