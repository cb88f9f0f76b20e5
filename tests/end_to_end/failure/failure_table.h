// The table of all failure scenarios.
#ifndef WEIR_TESTS_END_TO_END_FAILURE_FAILURE_TABLE_H_
#define WEIR_TESTS_END_TO_END_FAILURE_FAILURE_TABLE_H_

#include <string>
#include <vector>

namespace weir::testing {

// One scenario, as it went.
struct FailureRow {
  std::string scenario;
  // What was done to the fleet.
  std::string done;
  // Of clients; streams are among the requests.
  int requests = 0;
  int streams = 0;
  // No answer, or another status than 200.
  int failed = 0;
  // Streams that did not come to their end.
  int cut = 0;
  // What the fleet did, and how soon.
  std::string seen;
  // Every promise was kept.
  bool kept = false;
};

// In Markdown, which reads well as it is.
std::string ToMarkdown(const std::vector<FailureRow>& rows);

// Of this process: printed, and written to WEIR_FAILURE_TABLE, when all tests
// are over.
void AddToFailureTable(FailureRow row);

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_FAILURE_FAILURE_TABLE_H_
