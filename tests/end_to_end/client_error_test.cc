// Promise: what is wrong with a request is said in OpenAI's error shape with
// the right status, and costs a provider nothing.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/raw_http.h"

namespace weir::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kChat[] = "/v1/chat/completions";

class ClientErrorTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    fleet_ = std::make_unique<Fleet>(FleetOptions{
        .providers = 2,
        .health_check = "{kind: tcp, interval: 500ms, timeout: 1s, "
                        "unhealthy_after: 2, healthy_after: 2}"});
    const absl::Status started = fleet_->Start();
    ASSERT_TRUE(started.ok()) << started;
    // A key for one model, used as soon as the node has it.
    const absl::StatusOr<boost::json::value> created =
        fleet_->CtlJson({"key", "create", "narrow", "--models", "only-p2"});
    ASSERT_TRUE(created.ok()) << created.status();
    narrow_ = At(*created, "/secret");
    ASSERT_TRUE(Eventually([] {
      const auto answer =
          PostJson(fleet_->Api(), kChat, narrow_, ChatBody("only-p2"));
      return answer.ok() && answer->status == 200;
    }));
  }
  static void TearDownTestSuite() { fleet_.reset(); }

  void SetUp() override { before_ = Seen(); }
  void TearDown() override {
    EXPECT_EQ(Seen(), before_) << "a provider saw a refused request";
  }

  static std::string Seen() {
    return absl::StrCat(At(fleet_->Stats(0), "/requests/total"), " and ",
                        At(fleet_->Stats(1), "/requests/total"));
  }

  // Sends `body` with `key` and expects an OpenAI error with `status`; its
  // message.
  static std::string Refused(int status, const std::string& target,
                             const std::string& key, const std::string& body) {
    const absl::StatusOr<HttpAnswer> answer =
        PostJson(fleet_->Api(), target, key, body);
    EXPECT_TRUE(answer.ok()) << answer.status();
    if (!answer.ok()) return "";
    EXPECT_EQ(answer->status, status) << answer->body;
    ExpectErrorShape(*answer);
    return At(answer->Json(), "/error/message");
  }

  static void ExpectErrorShape(const HttpAnswer& answer) {
    EXPECT_THAT(answer.Header("content-type"), HasSubstr("application/json"));
    EXPECT_NE(answer.Header("x-request-id"), "");
    EXPECT_NE(answer.Header("x-weir-error-source"), "");
    const boost::json::value json = answer.Json();
    for (const char* member : {"message", "type", "code"}) {
      EXPECT_NE(At(json, absl::StrCat("/error/", member)), "")
          << member << " of " << answer.body;
    }
  }

  static std::string Key() { return fleet_->key(); }

  static inline std::unique_ptr<Fleet> fleet_;
  static inline std::string narrow_;

 private:
  std::string before_;
};

TEST_F(ClientErrorTest, NoKeyOrAWrongOneIs401) {
  Refused(401, kChat, "", ChatBody("gpt-4.1"));
  Refused(401, kChat, "sk-wrong", ChatBody("gpt-4.1"));
  Refused(401, kChat, Key() + "x", ChatBody("gpt-4.1"));
}

TEST_F(ClientErrorTest, AnUnknownModelIs404AndNamesThoseTheKeyMayUse) {
  EXPECT_THAT(
      Refused(404, kChat, Key(), ChatBody("gpt-9")),
      AllOf(HasSubstr("gpt-9"), HasSubstr("gpt-4.1"), HasSubstr("only-p1")));
  EXPECT_THAT(Refused(404, kChat, narrow_, ChatBody("gpt-9")),
              AllOf(HasSubstr("only-p2"), Not(HasSubstr("only-p1"))));
}

TEST_F(ClientErrorTest, AModelThatTheKeyMayNotUseIs403) {
  Refused(403, kChat, narrow_, ChatBody("gpt-4.1"));
  Refused(403, kChat, narrow_, ChatBody("gpt-4"));
}

TEST_F(ClientErrorTest, ABodyThatIsNotSoundJsonIs400) {
  const std::string deep =
      absl::StrCat(R"({"model":"gpt-4.1","messages":)", std::string(2000, '['),
                   std::string(2000, ']'), "}");
  for (const std::string& body : std::vector<std::string>{
           "", "hello", "[]", "null", R"({"model":"gpt-4.1")",
           R"({"model":"gpt-4.1",})", R"({"messages":[]})", R"({"model":1})",
           R"({"model":"gpt-4.1"} {})",
           R"({"model":"gpt-4.1","model":"only-p1"})",
           // The same key again, spelled otherwise.
           R"({"model":"gpt-4.1","mod\u0065l":"only-p1"})",
           "{\"model\":\"gpt-4.1\",\"user\":\"\xff\"}",
           "{\"model\":\"gpt-4.1\",\"user\":\"\xed\xa0\x80\"}",
           "{\"model\":\"gpt-4.1\",\"user\":\"a\nb\"}", deep}) {
    SCOPED_TRACE(body.substr(0, 80));
    Refused(400, kChat, Key(), body);
  }
}

TEST_F(ClientErrorTest, TooLargeABodyIs413BeforeItIsSent) {
  const absl::StatusOr<RawAnswer> answer =
      SendRaw(fleet_->Api(),
              absl::StrCat("POST ", kChat, " HTTP/1.1\r\nHost: weir\r\n",
                           "Authorization: Bearer ", Key(),
                           "\r\nContent-Type: application/json\r\n"
                           "Content-Length: 1073741824\r\n\r\n{"),
              absl::Seconds(5));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(answer->statuses, ::testing::ElementsAre(413)) << answer->bytes;
  EXPECT_TRUE(answer->closed);
}

TEST_F(ClientErrorTest, BadFramingIs400AndTheEndOfTheConnection) {
  const std::string body = ChatBody("gpt-4.1");
  const absl::StatusOr<RawAnswer> answer =
      SendRaw(fleet_->Api(),
              absl::StrCat("POST ", kChat, " HTTP/1.1\r\nHost: weir\r\n",
                           "Authorization: Bearer ", Key(),
                           "\r\nContent-Type: application/json\r\n"
                           "Transfer-Encoding: chunked\r\nContent-Length: ",
                           body.size(), "\r\n\r\n", body),
              absl::Seconds(5));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(answer->statuses, ::testing::ElementsAre(400)) << answer->bytes;
  EXPECT_THAT(answer->bytes, HasSubstr(R"("error":{)"));
  EXPECT_TRUE(answer->closed);
}

TEST_F(ClientErrorTest, AnUnknownPathIs404) {
  const absl::StatusOr<HttpAnswer> answer = Get(fleet_->Api(), "/no/such/path");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status, 404);
  ExpectErrorShape(*answer);
}

TEST_F(ClientErrorTest, AMethodThatAPathDoesNotTakeIs405) {
  const absl::StatusOr<HttpAnswer> answer =
      Send(fleet_->Api(), {.method = "GET",
                           .target = kChat,
                           .headers = {{"Authorization", "Bearer " + Key()}}});
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status, 405);
  ExpectErrorShape(*answer);
}

}  // namespace
}  // namespace weir::testing
