// Which of a provider's credentials a probe is made with, and what it tells of
// each.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "controlplane/probe/http_prober.h"
#include "controlplane/probe/probe_target.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/net/run_coroutine.h"
#include "tests/controlplane/probe/http_prober_fixture.h"
#include "tests/testing/status_matchers.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::controlplane {
namespace {

namespace v1 = config::v1;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::weir::testing::IsOk;
using ::weir::testing::RunCoroutine;
using ::weir::testing::StatusIs;

TEST_F(HttpProberTest, TheFirstCredentialThatIsTakenAnswers) {
  ASSERT_EQ(setenv("WEIR_TEST_OLD_KEY", "old", 1), 0);
  ASSERT_EQ(setenv("WEIR_TEST_NEW_KEY", "new", 1), 0);
  FakeProvider provider(loop_, [](const std::string& request) {
    const bool good = request.find("Bearer new\r\n") != std::string::npos;
    return good ? Answer("200 OK", kCompletion) : Answer("401 No", "{}");
  });
  v1::Provider keyed = At(provider.url());
  keyed.add_credentials()->set_env("WEIR_TEST_OLD_KEY");
  EXPECT_THAT(StatusOf(Target(keyed)),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       "credential refused (HTTP 401)"));
  keyed.add_credentials()->set_env("WEIR_TEST_NEW_KEY");
  EXPECT_THAT(StatusOf(Target(keyed)), IsOk());
}

class CredentialTest : public HttpProberTest {
 protected:
  CredentialTest() {
    setenv("WEIR_TEST_OLD_KEY", "old", 1);
    setenv("WEIR_TEST_NEW_KEY", "new", 1);
    keyed_ = At(provider_.url());
    keyed_.add_credentials()->set_env("WEIR_TEST_OLD_KEY");
    keyed_.add_credentials()->set_env("WEIR_TEST_NEW_KEY");
  }
  CredentialAnswer Check(std::uint32_t position) {
    return RunCoroutine(
        loop_, prober_.CheckCredential(
                   std::make_shared<const v1::Provider>(keyed_), position));
  }

  std::string models_answer_ = Answer("404 No", "{}");
  FakeProvider provider_{
      loop_, [this](const std::string& request) {
        if (request.find("Bearer new\r\n") == std::string::npos) {
          return Answer("402 Pay", "{}");
        }
        return request.starts_with("GET") ? models_answer_
                                          : Answer("200 OK", kCompletion);
      }};
  v1::Provider keyed_;
};

TEST_F(CredentialTest, EachThatWasTriedIsReported) {
  const auto answer = Ask(Target(keyed_));
  ASSERT_TRUE(answer.has_value());
  ASSERT_THAT(answer->credentials, SizeIs(2));
  EXPECT_EQ(answer->credentials[0].position, 0u);
  EXPECT_EQ(answer->credentials[0].answer.kind,
            CredentialAnswer::Kind::kRefused);
  EXPECT_EQ(answer->credentials[0].answer.reason, "HTTP 402");
  EXPECT_EQ(answer->credentials[1].answer.kind,
            CredentialAnswer::Kind::kAccepted);
}

TEST_F(CredentialTest, WhatIsKnownToBeRefusedIsNotTriedFirst) {
  ProbeTarget target = Target(keyed_);
  target.refused = {0};
  EXPECT_THAT(StatusOf(target), IsOk());
  EXPECT_THAT(provider_.requests(), SizeIs(1));
}

TEST_F(CredentialTest, ACheckAsksForModelsAndAnyAnswerButARefusalIsGood) {
  EXPECT_EQ(Check(0).kind, CredentialAnswer::Kind::kRefused);
  EXPECT_EQ(Check(0).reason, "HTTP 402");
  EXPECT_EQ(Check(1).kind, CredentialAnswer::Kind::kAccepted);
  EXPECT_THAT(provider_.requests().back(),
              StartsWith("GET /v1/models HTTP/1.1\r\n"));
  models_answer_ = Answer("500 No", "{}");
  EXPECT_EQ(Check(1).kind, CredentialAnswer::Kind::kNoAnswer);
  EXPECT_EQ(Check(2).kind, CredentialAnswer::Kind::kNoAnswer)
      << "there is none";
}

}  // namespace
}  // namespace weir::controlplane
