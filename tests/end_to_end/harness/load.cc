#include "tests/end_to_end/harness/load.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/server.h"

namespace weir::testing {
namespace {

// What is still running when the load is over may take its time.
constexpr absl::Duration kTail = absl::Seconds(60);

int Count(const boost::json::value& report, const std::string& pointer) {
  const std::string count = At(report, pointer);
  return count.empty() ? 0 : std::stoi(count);
}

double Milliseconds(const boost::json::value& report,
                    const std::string& pointer) {
  const std::string text = At(report, pointer);
  return text.empty() ? 0 : std::stod(text);
}

// JSON and SSE together.
int Fates(const boost::json::value& report, const std::string& fate) {
  return Count(report, absl::StrCat("/json/", fate)) +
         Count(report, absl::StrCat("/sse/", fate));
}

}  // namespace

int LoadReport::StatusCount(int status) const {
  boost::json::error_code error;
  const boost::json::value report = boost::json::parse(text, error);
  return error ? 0 : Count(report, absl::StrCat("/statuses/", status));
}

LoadReport& LoadReport::operator+=(const LoadReport& other) {
  sent += other.sent;
  streams += other.streams;
  succeeded += other.succeeded;
  failed += other.failed;
  ended_by_error_event += other.ended_by_error_event;
  left += other.left;
  cut_silently += other.cut_silently;
  json_p99_ms = std::max(json_p99_ms, other.json_p99_ms);
  text += other.text;
  return *this;
}

absl::StatusOr<std::unique_ptr<Load>> Load::Start(
    const LoadOptions& options, const std::filesystem::path& log) {
  absl::StatusOr<std::unique_ptr<Process>> process = Process::Start(
      {.program = BinaryFolder() / "weir-loadgen",
       .arguments = {"--json", "--url",
                     absl::StrCat("http://", options.address), "--key",
                     options.key, "--model", options.model, "--api",
                     options.api, "--rate", absl::StrCat(options.rate),
                     "--connections", absl::StrCat(options.connections),
                     "--mix",
                     absl::StrCat("json=", 1.0 - options.streams,
                                  ",sse=", options.streams),
                     "--leave", absl::StrCat(options.leaving), "--duration",
                     absl::FormatDuration(options.duration)}},
      log);
  if (!process.ok()) return process.status();
  return std::unique_ptr<Load>(new Load(*std::move(process), options.duration));
}

absl::StatusOr<LoadReport> Load::Finish() {
  const std::optional<int> code = process_->Wait(duration_ + kTail);
  const std::string text = process_->Output();
  boost::json::error_code error;
  const boost::json::value report = boost::json::parse(text, error);
  if (code != 0 || error) {
    return absl::InternalError(absl::StrCat("weir-loadgen: ", text));
  }
  return LoadReport{
      .sent = Count(report, "/requests"),
      .streams = Count(report, "/sse/requests"),
      .succeeded = Count(report, "/ok"),
      .failed = Fates(report, "status") + Fates(report, "lost") +
                Fates(report, "timeout") + Fates(report, "connect") +
                Fates(report, "invalid") + Count(report, "/unsent"),
      .ended_by_error_event = Fates(report, "sse_error"),
      .left = Fates(report, "unfinished"),
      .cut_silently = Fates(report, "truncated") + Fates(report, "reset"),
      .json_p99_ms = Milliseconds(report, "/json/latency_ms/p99"),
      .text = text};
}

}  // namespace weir::testing
