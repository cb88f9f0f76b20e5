#include "tests/tidy/source_tree.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_split.h"

namespace weir::testing {
namespace {

namespace fs = std::filesystem;

bool IsOurs(const fs::path& folder) {
  const std::string name = folder.filename().string();
  // .ci is the one hidden folder that holds our files.
  if (name.starts_with(".")) return name == ".ci";
  return name != "build" && !name.starts_with("build-") &&
         name != "node_modules" && name != "testdata";
}

SourceFile Read(const fs::path& root, const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return {.path = fs::relative(path, root).generic_string(),
          .text = std::move(text).str()};
}

}  // namespace

std::string SourceFile::Extension() const {
  return fs::path(path).extension().string();
}

std::string SourceFile::Folder() const {
  return fs::path(path).parent_path().generic_string();
}

std::string SourceFile::Name() const {
  return fs::path(path).filename().string();
}

bool SourceFile::IsCpp() const {
  const std::string extension = Extension();
  return extension == ".cc" || extension == ".h";
}

bool SourceFile::IsCode() const {
  constexpr std::array<std::string_view, 11> kExtensions = {
      ".proto", ".sh", ".mjs", ".js", ".css", ".html",
      ".cmake", ".py", ".sql", ".ts", ".yaml"};
  return IsCpp() || absl::c_linear_search(kExtensions, Extension()) ||
         Name() == "CMakeLists.txt" || path.starts_with(".ci/");
}

std::vector<std::string> SourceFile::Lines() const {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

std::vector<SourceFile> ReadSourceTree(const fs::path& root) {
  std::vector<SourceFile> files;
  for (auto entry = fs::recursive_directory_iterator(root);
       entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry->is_symlink()) continue;
    if (entry->is_directory()) {
      if (!IsOurs(entry->path())) entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      files.push_back(Read(root, entry->path()));
    }
  }
  std::sort(
      files.begin(), files.end(),
      [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace weir::testing
