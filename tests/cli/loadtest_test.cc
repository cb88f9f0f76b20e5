#include <string>
#include <utility>
#include <vector>

#include "common/config/yaml.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Up to the point where requests would go out; the rest is an end-to-end test.
class LoadTestTest : public ServedTest {
 protected:
  LoadTestTest() {
    auto file = config::ParseResourceFile(R"(
providers:
- {name: p1, dialect: openai, base_url: "http://127.0.0.1:1/v1"}
- {name: p2, dialect: openai, base_url: "http://127.0.0.1:2/v1"}
models:
- name: m
  targets: [{provider: p1, price: {input: 2, output: 8}}, {provider: p2}]
)",
                                          "test");
    EXPECT_TRUE(file.ok()) << file.status();
    if (file.ok()) admin_.resources = file->resources;
  }

  Outcome LoadTest(std::vector<std::string> words) {
    words.insert(words.begin(), {"loadtest", "--model", "m"});
    return Weirctl(std::move(words));
  }
  Outcome LoadTestWithKey(std::vector<std::string> words) {
    words.insert(words.end(), {"--key", "secret"});
    return LoadTest(std::move(words));
  }
};

TEST_F(LoadTestTest, WithoutAKeyItSaysHowToMakeOne) {
  const Outcome outcome = LoadTest({"--yes"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("WEIR_KEY"),
                                 HasSubstr("weirctl key create loadtest")));
}

TEST_F(LoadTestTest, AKeyThatWouldBreakTheRequestIsRefused) {
  input_ = "secret\r\nx-evil: 1\n";
  const Outcome outcome = LoadTest({"--key-file", "-", "--yes"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("characters that no key has"));
}

TEST_F(LoadTestTest, ACostLimitNeedsPrices) {
  const Outcome outcome = LoadTestWithKey({"--max-cost", "1", "--yes"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("what m costs at p2 is unknown"),
                                 HasSubstr("give the target a price")));
}

TEST_F(LoadTestTest, WithoutATerminalSomebodyMustSayYes) {
  const Outcome outcome = LoadTestWithKey({});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("give --yes"));
}

TEST_F(LoadTestTest, WhoeverDoesNotAgreeSpendsNothing) {
  in_device_ = err_device_ = Device::kTerminal;
  input_ = "n\n";
  const Outcome outcome =
      LoadTestWithKey({"--providers", "p1", "-n", "50", "--max-cost", "0.1"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("sends 50 requests to each of 1 "
                                           "providers and spends at most "
                                           "$0.10 (--max-cost). Go on?"),
                                 HasSubstr("nothing was sent")));
}

TEST_F(LoadTestTest, WhatNobodyKnowsIsNoNumber) {
  in_device_ = err_device_ = Device::kTerminal;
  EXPECT_THAT(LoadTestWithKey({}).err, HasSubstr("nobody knows how much"));
}

TEST_F(LoadTestTest, ANodeThatIsNoUrlIsNamed) {
  const Outcome outcome =
      LoadTestWithKey({"--node", "127.0.0.1:8080", "--yes"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--node: "));
}

// A request may cost more than that: none goes out.
TEST_F(LoadTestTest, ALimitThatNoRequestKeepsSendsNone) {
  const Outcome outcome = LoadTestWithKey(
      {"--providers", "p1", "--max-cost", "0.0001", "--yes", "-o", "json"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("no request succeeded at p1"));
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("\"requests\": \"0\""),
                    HasSubstr("p1: stopped after 0 of 100 requests")));
}

}  // namespace
}  // namespace weir::cli
