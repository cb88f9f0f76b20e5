// A folder that ends with its owner.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_TEMPORARY_FOLDER_H_
#define WEIR_TESTS_END_TO_END_HARNESS_TEMPORARY_FOLDER_H_

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace weir::testing {

// Below the system's temporary one.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = std::filesystem::temp_directory_path() / "weir.XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_TEMPORARY_FOLDER_H_
