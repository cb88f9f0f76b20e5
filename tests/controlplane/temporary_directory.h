// A directory of a test's own, gone with it.
#ifndef WEIR_TESTS_CONTROLPLANE_TEMPORARY_DIRECTORY_H_
#define WEIR_TESTS_CONTROLPLANE_TEMPORARY_DIRECTORY_H_

#include <cstdlib>
#include <filesystem>
#include <string>

namespace weir::controlplane {

class TemporaryDirectory {
 public:
  TemporaryDirectory()
      : path_(
            (std::filesystem::temp_directory_path() / "weir-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace weir::controlplane

#endif  // WEIR_TESTS_CONTROLPLANE_TEMPORARY_DIRECTORY_H_
