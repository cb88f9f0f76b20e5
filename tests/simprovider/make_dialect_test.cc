#include "tests/simprovider/make_dialect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace weir::simprovider {
namespace {

using ::testing::HasSubstr;
using weir::testing::StatusIs;

TEST(MakeDialectTest, SpeaksThree) {
  for (const char* dialect : {"openai", "anthropic", "gemini"}) {
    EXPECT_TRUE(MakeDialect(dialect, "a").ok()) << dialect;
  }
}

TEST(MakeDialectTest, NamesADialectThatItDoesNotSpeak) {
  EXPECT_THAT(
      MakeDialect("klingon", "a"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'klingon'")));
}

}  // namespace
}  // namespace weir::simprovider
