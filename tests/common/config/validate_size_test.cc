#include <string>

#include "common/config/size_limit.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/config/validate_case.h"

namespace weir::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string ProblemsWithAliasOf(std::size_t bytes) {
  v1::Resources resources = SoundResources();
  resources.mutable_models(0)->add_aliases(std::string(bytes, 'x'));
  return Describe(Validate(resources).problems);
}

TEST(ValidateSizeTest, WhatNoMessageCarriesIsRefused) {
  EXPECT_THAT(ProblemsWithAliasOf(kMaxResourceBytes + (1 << 20)),
              HasSubstr("resources: have 61 MiB together, more than the 60 MiB "
                        "that reach a node; remove what nobody uses"));
  EXPECT_THAT(ProblemsWithAliasOf(kMaxResourceBytes - (1 << 20)),
              Not(HasSubstr("MiB")));
}

}  // namespace
}  // namespace weir::config
