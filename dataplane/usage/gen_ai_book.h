// Counts answers under OpenTelemetry's names.
#ifndef WEIR_DATAPLANE_USAGE_GEN_AI_BOOK_H_
#define WEIR_DATAPLANE_USAGE_GEN_AI_BOOK_H_

#include <memory>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "common/dialect/canonical/usage.h"
#include "dataplane/gen_ai_counts.h"
#include "dataplane/plan/candidate.h"
#include "dataplane/request.h"
#include "dataplane/usage/place_memory.h"
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
  GenAiCounts& CountsOf(const Request& request, const Candidate& candidate);

  absl::flat_hash_map<GenAiLabels, std::unique_ptr<GenAiCounts>> counts_;
  PlaceMemory<GenAiCounts> remembered_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_USAGE_GEN_AI_BOOK_H_
