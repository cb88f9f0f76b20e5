#include "dataplane/option_contradictions.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/net/host_port.h"
#include "common/ops/flags.h"
#include "dataplane/node_options.h"

namespace weir::dataplane {
namespace {

// The cache has two files more, beside it.
bool IsOfTheCache(const std::string& path, const std::string& cache) {
  const auto plain = [](const std::string& text) {
    return std::filesystem::path(text).lexically_normal();
  };
  return plain(path) == plain(cache) || plain(path) == plain(cache + ".1") ||
         plain(path) == plain(cache + ".tmp");
}

absl::Status CheckPaths(const NodeOptions& options) {
  const std::pair<const char*, const std::string*> others[] = {
      {"--usage-spool", &options.usage_spool},
      {"--access-log", &options.access_log}};
  for (const auto& [flag, path] : others) {
    if (path->empty() || options.snapshot_cache.empty() ||
        !IsOfTheCache(*path, options.snapshot_cache)) {
      continue;
    }
    return absl::InvalidArgumentError(absl::StrCat(
        flag, " ", *path, " and --snapshot-cache ", options.snapshot_cache,
        " would write over each other; give each a path of its own"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckOptions(const CLI::App& app, const NodeOptions& options) {
  if (net::WouldCollide(options.listen, options.ops_listen)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--listen ", options.listen, " and --ops-listen ", options.ops_listen,
        " are the same port; give each its own"));
  }
  const WorkerLimits& limits = options.limits;
  if ((ops::IsGiven(app, "--max-body") ||
       ops::IsGiven(app, "--max-bytes-in-flight")) &&
      limits.max_body_bytes > limits.max_bytes_in_flight) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--max-body ", limits.max_body_bytes,
        " is more than --max-bytes-in-flight ", limits.max_bytes_in_flight,
        ": the largest body could never be taken; give a smaller one, or "
        "more of the other"));
  }
  if (ops::IsGiven(app, "--access-log-sample") && options.access_log.empty()) {
    return absl::InvalidArgumentError(
        "--access-log-sample says how much of a log is written, and there is "
        "no --access-log; give that too");
  }
  return CheckPaths(options);
}

}  // namespace weir::dataplane
