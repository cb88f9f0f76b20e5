// Weir's own files, as the tidy test reads them.
#ifndef WEIR_TESTS_TIDY_SOURCE_TREE_H_
#define WEIR_TESTS_TIDY_SOURCE_TREE_H_

#include <filesystem>
#include <string>
#include <vector>

namespace weir::testing {

struct SourceFile {
  // From the root of the tree, with forward slashes.
  std::string path;
  std::string text;

  // `.cc`, `.h` ...; empty where there is none.
  std::string Extension() const;
  // The folder, empty for the root itself.
  std::string Folder() const;
  std::string Name() const;
  // C++ source or header.
  bool IsCpp() const;
  // Written by hand and read by people: code, scripts, schemas, build files.
  bool IsCode() const;
  // The text's lines, without their ends.
  std::vector<std::string> Lines() const;
};

// Every file below `root` but what is built, installed, data for tests, or
// version control's; sorted by path.
std::vector<SourceFile> ReadSourceTree(const std::filesystem::path& root);

}  // namespace weir::testing

#endif  // WEIR_TESTS_TIDY_SOURCE_TREE_H_
