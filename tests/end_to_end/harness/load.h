// Load that goes on while a test does something to the fleet.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_LOAD_H_
#define WEIR_TESTS_END_TO_END_HARNESS_LOAD_H_

#include <signal.h>

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/process.h"

namespace weir::testing {

struct LoadOptions {
  // host:port of a node, or of what stands before nodes.
  std::string address;
  std::string key;
  std::string model = "gpt-4.1";
  // openai, anthropic or gemini.
  std::string api = "openai";
  // Requests a second, whatever the answers do.
  int rate = 50;
  // Share of them that stream, 0 to 1.
  double streams = 0.3;
  // Share of the streams whose client leaves after the first event.
  double leaving = 0;
  // At most. All are kept open as soon as so many were needed at once.
  int connections = 500;
  absl::Duration duration = absl::Seconds(30);
};

// How requests ended.
struct LoadReport {
  int sent = 0;
  // Of them, those that asked for a stream.
  int streams = 0;
  int succeeded = 0;
  // No connection, no answer, or another status than 200.
  int failed = 0;
  // Streams that an error event ended after they had begun.
  int ended_by_error_event = 0;
  // Clients that left, as they should.
  int left = 0;
  // Answers that ended before they were whole, without a word.
  int cut_silently = 0;
  // Of JSON answers; of several reports added up, the greatest.
  double json_p99_ms = 0;
  // As the generator printed it.
  std::string text;

  // Answers with `status`. Not of reports that were added up.
  int StatusCount(int status) const;

  LoadReport& operator+=(const LoadReport& other);
};

// bench/loadgen against `options.address`, until its duration is over, or until
// it is ended.
class Load {
 public:
  static absl::StatusOr<std::unique_ptr<Load>> Start(
      const LoadOptions& options, const std::filesystem::path& log);

  // No request begins from now on.
  void End() { process_->Signal(SIGTERM); }
  // Waits for the end of the load.
  absl::StatusOr<LoadReport> Finish();

 private:
  Load(std::unique_ptr<Process> process, absl::Duration duration)
      : process_(std::move(process)), duration_(duration) {}

  const std::unique_ptr<Process> process_;
  const absl::Duration duration_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_LOAD_H_
