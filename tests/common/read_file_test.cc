#include "common/read_file.h"

#include <cstdio>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace weir {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

TEST(ReadFileTest, AllBytesOfALargeFile) {
  const std::string path = ::testing::TempDir() + "read_file_test";
  std::string bytes(200'000, 'x');
  bytes[70'000] = '\0';
  std::ofstream(path, std::ios::binary) << bytes;
  const auto content = ReadFile(path);
  std::remove(path.c_str());
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_EQ(*content, bytes);
}

TEST(ReadFileTest, NoFileIsNotFoundByName) {
  EXPECT_THAT(ReadFile("/no/such/file"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("/no/such/file: No such file")));
}

TEST(ReadFileTest, ADirectoryIsAnErrorAndNoException) {
  EXPECT_THAT(
      ReadFile(::testing::TempDir()),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("Is a directory")));
}

}  // namespace
}  // namespace weir
