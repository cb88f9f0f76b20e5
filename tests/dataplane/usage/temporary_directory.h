// A directory that goes with its test.
#ifndef WEIR_TESTS_DATAPLANE_USAGE_TEMPORARY_DIRECTORY_H_
#define WEIR_TESTS_DATAPLANE_USAGE_TEMPORARY_DIRECTORY_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace weir::testing {

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(::testing::TempDir() + "weir-XXXXXX") {
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
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

}  // namespace weir::testing

#endif  // WEIR_TESTS_DATAPLANE_USAGE_TEMPORARY_DIRECTORY_H_
