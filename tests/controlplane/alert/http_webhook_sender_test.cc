// The sender against receivers on loopback.
#include "controlplane/alert/http_webhook_sender.h"

#include <stdlib.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/common/net/fake_peer.h"
#include "tests/common/net/run_coroutine.h"
#include "tests/testing/status_matchers.h"

namespace weir::controlplane {
namespace {

namespace asio = boost::asio;
using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using ::weir::testing::FakePeer;
using ::weir::testing::IsOk;
using ::weir::testing::RunCoroutine;
using ::weir::testing::StatusIs;

// Answers every request with `answer`; nothing at all when it is empty.
class Receiver {
 public:
  Receiver(asio::io_context& loop, std::string answer)
      : answer_(std::move(answer)),
        peer_(loop, [this](FakePeer::Socket socket) {
          return Serve(std::move(socket));
        }) {}

  std::string url(const std::string& target = "/in") const {
    return absl::StrCat("http://127.0.0.1:", peer_.port(), target);
  }
  const std::vector<std::string>& requests() const { return requests_; }

 private:
  asio::awaitable<void> Serve(FakePeer::Socket socket) {
    // Requests are small, and written at once.
    std::string request(4096, '\0');
    const auto [error, size] =
        co_await socket.async_read_some(asio::buffer(request), net::kUseTuple);
    if (error) co_return;
    request.resize(size);
    requests_.push_back(request);
    co_await asio::async_write(socket, asio::buffer(answer_), net::kUseTuple);
  }

  const std::string answer_;
  std::vector<std::string> requests_;
  FakePeer peer_;
};

constexpr char kAccepted[] =
    "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}";

class HttpWebhookSenderTest : public ::testing::Test {
 protected:
  absl::Status Send(const config::v1::Webhook& webhook) {
    const Alert alert{.id = "panic:chat",
                      .kind = "panic",
                      .subject = "chat",
                      .summary = "too few",
                      .raised_at = absl::FromUnixSeconds(1'700'000'000)};
    return RunCoroutine(
        loop_,
        sender_.Send(std::make_shared<config::v1::Webhook>(webhook), alert));
  }
  static config::v1::Webhook At(const std::string& url) {
    config::v1::Webhook webhook;
    webhook.set_name("ops");
    webhook.set_url(url);
    return webhook;
  }

  asio::io_context loop_{1};
  HttpWebhookSender sender_{[](const std::string&) { return std::nullopt; }};
};

TEST_F(HttpWebhookSenderTest, PostsTheBodyToTheWholeTarget) {
  Receiver receiver(loop_, kAccepted);
  EXPECT_THAT(Send(At(receiver.url("/in/?key=1"))), IsOk());
  ASSERT_EQ(receiver.requests().size(), 1u);
  EXPECT_THAT(receiver.requests()[0],
              AllOf(StartsWith("POST /in/?key=1 HTTP/1.1\r\nHost: 127.0.0.1:"),
                    HasSubstr("\r\nContent-Type: application/json\r\n"),
                    Not(HasSubstr("Authorization")),
                    HasSubstr("\r\n\r\n{\"id\":\"panic:chat\","),
                    EndsWith("\"raised_at\":\"2023-11-14T22:13:20.000Z\"}")));
}

TEST_F(HttpWebhookSenderTest, SecretsComeFromTheirReferences) {
  Receiver receiver(loop_, kAccepted);
  setenv("WEIR_TEST_HOOK_URL", receiver.url("/secret").c_str(), 1);
  setenv("WEIR_TEST_HOOK_TOKEN", "t0ken", 1);
  setenv("WEIR_TEST_HOOK_KEY", "r0uting", 1);
  config::v1::Webhook plain;
  plain.mutable_url_from()->set_env("WEIR_TEST_HOOK_URL");
  plain.mutable_token()->set_env("WEIR_TEST_HOOK_TOKEN");
  EXPECT_THAT(Send(plain), IsOk());
  config::v1::Webhook pager = At(receiver.url());
  pager.set_format(config::v1::WEBHOOK_FORMAT_PAGERDUTY);
  pager.mutable_routing_key()->set_env("WEIR_TEST_HOOK_KEY");
  EXPECT_THAT(Send(pager), IsOk());
  ASSERT_EQ(receiver.requests().size(), 2u);
  EXPECT_THAT(receiver.requests()[0],
              AllOf(StartsWith("POST /secret "),
                    HasSubstr("\r\nAuthorization: Bearer t0ken\r\n")));
  EXPECT_THAT(receiver.requests()[1],
              HasSubstr("{\"routing_key\":\"r0uting\","));
}

TEST_F(HttpWebhookSenderTest, ASecretThatDoesNotResolveMayComeLater) {
  Receiver receiver(loop_, kAccepted);
  config::v1::Webhook webhook = At(receiver.url());
  webhook.mutable_token()->set_env("WEIR_TEST_NOT_THERE");
  EXPECT_THAT(Send(webhook), StatusIs(StatusCode::kNotFound,
                                      HasSubstr("WEIR_TEST_NOT_THERE")));
  EXPECT_THAT(receiver.requests(), IsEmpty());
}

TEST_F(HttpWebhookSenderTest, ABadUrlInASecretIsNamedAndNotQuoted) {
  setenv("WEIR_TEST_HOOK_BAD", "hooks.example/s3cret", 1);
  config::v1::Webhook webhook;
  webhook.mutable_url_from()->set_env("WEIR_TEST_HOOK_BAD");
  EXPECT_THAT(Send(webhook), StatusIs(StatusCode::kFailedPrecondition,
                                      AllOf(HasSubstr("WEIR_TEST_HOOK_BAD"),
                                            Not(HasSubstr("s3cret")))));
}

TEST_F(HttpWebhookSenderTest, MetadataAddressesAreRefusedForGood) {
  EXPECT_THAT(Send(At("http://169.254.169.254/latest")),
              StatusIs(StatusCode::kPermissionDenied));
  EXPECT_THAT(Send(At("http://[fe80::1]/")),
              StatusIs(StatusCode::kPermissionDenied));
}

TEST_F(HttpWebhookSenderTest, ARefusedConnectionMayWorkLater) {
  std::string url;
  {
    Receiver gone(loop_, kAccepted);
    url = gone.url();
  }
  EXPECT_THAT(Send(At(url)), StatusIs(StatusCode::kUnavailable));
}

struct AnswerCase {
  std::string name;
  std::string answer;
  StatusCode want;
  std::string message;
};

class AnswerTest : public HttpWebhookSenderTest,
                   public ::testing::WithParamInterface<AnswerCase> {};

TEST_P(AnswerTest, FollowsTheTable) {
  Receiver receiver(loop_, GetParam().answer);
  const absl::Status sent = Send(At(receiver.url()));
  EXPECT_EQ(sent.code(), GetParam().want) << sent;
  EXPECT_THAT(std::string(sent.message()), HasSubstr(GetParam().message));
  EXPECT_THAT(std::string(sent.message()), Not(HasSubstr("echo")));
}

std::string Status(const std::string& status) {
  return absl::StrCat("HTTP/1.1 ", status, "\r\nContent-Length: 4\r\n\r\necho");
}

INSTANTIATE_TEST_SUITE_P(
    Table, AnswerTest,
    ::testing::ValuesIn<AnswerCase>({
        {"Ok", Status("200 OK"), StatusCode::kOk, ""},
        {"Accepted", Status("202 Accepted"), StatusCode::kOk, ""},
        {"NoContent", "HTTP/1.1 204 No Content\r\n\r\n", StatusCode::kOk, ""},
        {"Redirect",
         "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
         "Content-Length: 0\r\n\r\n",
         StatusCode::kInvalidArgument, "redirects are not followed"},
        {"BadRequest", Status("400 Bad Request"), StatusCode::kInvalidArgument,
         "HTTP 400"},
        {"Gone", Status("410 Gone"), StatusCode::kInvalidArgument, "HTTP 410"},
        {"TooMany", Status("429 Too Many Requests"), StatusCode::kUnavailable,
         "HTTP 429"},
        {"Overloaded", Status("503 Unavailable"), StatusCode::kUnavailable,
         "HTTP 503"},
        {"NoHttp", "220 mail.example ESMTP\r\n", StatusCode::kUnavailable,
         "not HTTP"},
        {"Nothing", "", StatusCode::kUnavailable, "closed before"},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::controlplane
