// A package for Node.js that lies in the tree: tests in JavaScript and the
// locked packages that they use.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_NODE_PACKAGE_H_
#define WEIR_TESTS_END_TO_END_HARNESS_NODE_PACKAGE_H_

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/process.h"

namespace weir::testing {

class NodePackage {
 public:
  // Copies the files of `source` to `folder` and installs what its lock file
  // names there, unless that was done before.
  static absl::StatusOr<NodePackage> Install(
      const std::filesystem::path& source, std::filesystem::path folder);

  const std::filesystem::path& folder() const { return folder_; }
  // The Node.js that the package brings, or else the system's: a path, or a
  // name to be found in PATH.
  std::string Program() const;

  // Runs the tests in `file` to their end, by Program().
  absl::StatusOr<Finished> RunTests(
      const std::string& file,
      std::vector<std::pair<std::string, std::string>> environment,
      absl::Duration limit) const;

 private:
  explicit NodePackage(std::filesystem::path folder)
      : folder_(std::move(folder)) {}

  std::filesystem::path folder_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_NODE_PACKAGE_H_
