// What a load test found, for people.
#ifndef WEIR_CLI_LOAD_TEXT_H_
#define WEIR_CLI_LOAD_TEXT_H_

#include <string>

#include "absl/status/status.h"
#include "cli/table.h"
#include "weir/cli/v1/load_test.pb.h"

namespace weir::cli {

// A line a provider, bars of their latencies, and the notes. `columns` is the
// width that bars may take. Pure.
std::string LoadText(const v1::LoadTest& test, Paint paint, int columns);

// A line a provider: filled to the latency that half of its answers took, half
// filled to that of 95 %, light to that of 99 %, all of them on one scale.
// Nothing where nobody answered. Pure.
std::string LatencyChart(const v1::LoadTest& test, int columns);

// FAILED_PRECONDITION names the providers that answered no request, whether
// they failed or were sent none: nothing is known of them. Pure.
absl::Status LoadVerdict(const v1::LoadTest& test);

}  // namespace weir::cli

#endif  // WEIR_CLI_LOAD_TEXT_H_
