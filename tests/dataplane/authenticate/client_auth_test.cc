#include "dataplane/authenticate/client_auth.h"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "common/dialect/dialect.h"
#include "common/sha256.h"
#include "dataplane/http1/head.h"
#include "dataplane/http1/repeated_head.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/small_routing.h"

namespace weir::dataplane {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

// The keys `first` and `second`.
class ClientAuthTest : public ::testing::Test {
 protected:
  ClientAuthTest() {
    for (const std::string secret : {"first", "second"}) {
      ClientEntry client{};
      client.name = ClientKeyId{secret};
      client.secret_sha256 = DigestOf(secret);
      config().client_by_digest.emplace(
          client.secret_sha256,
          static_cast<std::uint32_t>(config().clients.size()));
      config().clients.push_back(client);
    }
  }

  RoutingConfig& config() { return *routing_.config; }

  // Whose key `lines` hold; empty for nobody's, the code for another error.
  std::string Who(const std::string& lines) {
    return WhoAsks("GET /v1/models", lines);
  }
  std::string WhoAsks(const std::string& line, const std::string& lines) {
    const testing::SentRequest sent(routing_, line, lines, "");
    const auto outcome = Authenticate(*sent.request.head, config(), kNow);
    if (const dialect::ApiError* error = ErrorOf(outcome)) {
      EXPECT_EQ(error->status, 401);
      messages_.push_back(error->message);
      return error->code == "invalid_api_key" ? "" : std::string(error->code);
    }
    return std::get<const ClientEntry*>(outcome)->name.value;
  }

  testing::SmallRouting routing_;
  std::vector<std::string> messages_;
};

TEST_F(ClientAuthTest, BothHeadersAreUnderstood) {
  EXPECT_EQ(Who("Authorization: Bearer first\r\n"), "first");
  EXPECT_EQ(Who("authorization: bearer second\r\n"), "second");
  EXPECT_EQ(Who("Authorization: BEARER   first\r\n"), "first");
  EXPECT_EQ(Who("x-api-key: second\r\n"), "second");
  EXPECT_EQ(Who("X-API-KEY:  first \r\n"), "first");
}

TEST_F(ClientAuthTest, GeminisClientsSendTheirKeyTheirWay) {
  EXPECT_EQ(Who("x-goog-api-key: second\r\n"), "second");
  EXPECT_EQ(Who("X-Goog-Api-Key: nobody\r\n"), "");
  EXPECT_EQ(WhoAsks("GET /v1beta/models?key=first", ""), "first");
  EXPECT_EQ(WhoAsks("GET /v1beta/models?alt=sse&key=second&x", ""), "second");
  EXPECT_EQ(WhoAsks("GET /v1beta/models?key=", ""), "");
  EXPECT_EQ(WhoAsks("GET /v1beta/models?monkey=first", ""), "");
  EXPECT_EQ(WhoAsks("GET /v1beta/models?key=first&key=second", ""), "first");
  // Headers come first, in the order of the message.
  EXPECT_EQ(WhoAsks("GET /?key=first", "x-goog-api-key: second\r\n"), "second");
  EXPECT_EQ(Who("x-goog-api-key: first\r\nx-api-key: second\r\n"), "second");
  EXPECT_EQ(Who("x-goog-api-key: first\r\nAuthorization: Bearer no\r\n"), "");
}

TEST_F(ClientAuthTest, AuthorizationCountsWhenBothAreThere) {
  EXPECT_EQ(Who("x-api-key: second\r\nAuthorization: Bearer first\r\n"),
            "first");
  EXPECT_EQ(Who("x-api-key: second\r\nAuthorization: Bearer wrong\r\n"), "");
  EXPECT_EQ(Who("x-api-key: second\r\nAuthorization: Basic first\r\n"), "");
}

TEST_F(ClientAuthTest, NothingElseIsAKey) {
  for (const std::string lines :
       {"", "Authorization: first\r\n", "Authorization: Bearer\r\n",
        "Authorization: Bearer \r\n", "Authorization: Bearerfirst\r\n",
        "Authorization: Basic first\r\n", "Authorization: Bearer firs\r\n",
        "Authorization: Bearer firstt\r\n", "Authorization: Bearer FIRST\r\n",
        "Authorization: Bearer first second\r\n",
        "Authorization: Bearer first,second\r\n", "x-api-key:\r\n",
        "x-api-key: Bearer first\r\n", "api-key: first\r\n",
        "cookie: first\r\n"}) {
    EXPECT_EQ(Who(lines), "") << lines;
  }
}

TEST_F(ClientAuthTest, ADigestIsNotAKey) {
  std::string hex;
  for (const std::uint8_t byte : DigestOf("first")) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  EXPECT_EQ(Who("x-api-key: " + hex + "\r\n"), "");
}

TEST_F(ClientAuthTest, EveryRefusalHasTheSameWordsAndQuotesNothing) {
  Who("");
  Who("Authorization: Bearer canary\r\n");
  Who("Authorization: Digest canary\r\n");
  Who("x-api-key: canary\r\n");
  ASSERT_EQ(messages_.size(), 4U);
  for (const std::string& message : messages_) {
    EXPECT_EQ(message, messages_.front());
    EXPECT_THAT(message, Not(HasSubstr("canary")));
  }
}

TEST_F(ClientAuthTest, NobodysKeyIsEmpty) {
  config().client_by_digest.emplace(DigestOf(""), 0);
  config().clients[0].secret_sha256 = DigestOf("");
  EXPECT_EQ(Who(""), "");
  EXPECT_EQ(Who("x-api-key:\r\n"), "");
}

TEST_F(ClientAuthTest, TheWholeDigestMustAgree) {
  config().clients[0].secret_sha256[31] ^= 1;
  EXPECT_EQ(Who("x-api-key: first\r\n"), "");
  EXPECT_EQ(Who("x-api-key: second\r\n"), "second");
}

TEST_F(ClientAuthTest, AKeyIsRefusedFromItsEndOn) {
  config().clients[0].expires_at = kNow + absl::Seconds(1);
  EXPECT_EQ(Who("x-api-key: first\r\n"), "first");
  config().clients[0].expires_at = kNow;
  EXPECT_EQ(Who("x-api-key: first\r\n"), "api_key_expired");
  EXPECT_EQ(Who("x-api-key: second\r\n"), "second");
}

TEST_F(ClientAuthTest, ASecretThatRetiresWorksUntilItsTime) {
  config().clients[0].retiring = {{DigestOf("old"), kNow + absl::Seconds(1)},
                                  {DigestOf("older"), kNow}};
  config().client_by_digest.emplace(DigestOf("old"), 0);
  config().client_by_digest.emplace(DigestOf("older"), 0);
  EXPECT_EQ(Who("x-api-key: first\r\n"), "first");
  EXPECT_EQ(Who("x-api-key: old\r\n"), "first");
  EXPECT_EQ(Who("x-api-key: older\r\n"), "api_key_expired");
  config().clients[0].expires_at = kNow;
  EXPECT_EQ(Who("x-api-key: old\r\n"), "api_key_expired")
      << "no secret outlives its key";
}

TEST_F(ClientAuthTest, WhoeverIsRememberedExpiresAllTheSame) {
  config().clients[0].expires_at = kNow + absl::Seconds(1);
  const testing::SentRequest sent(routing_, "GET /v1/models",
                                  "x-api-key: first\r\n", "");
  RememberedClient remembered;
  for (int i = 0; i < 2; ++i) {
    const auto known =
        remembered.Authenticate(*sent.request.head, routing_.config, kNow);
    EXPECT_EQ(ErrorOf(known), nullptr);
  }
  const auto expired = remembered.Authenticate(
      *sent.request.head, routing_.config, kNow + absl::Seconds(1));
  ASSERT_NE(ErrorOf(expired), nullptr);
  EXPECT_EQ(ErrorOf(expired)->code, "api_key_expired");
}

// Heads as a connection brings them, known by their serial.
TEST_F(ClientAuthTest, WhoeverIsRememberedIsSoForNoOtherHead) {
  const auto get = [](const std::string& lines) {
    return "GET /v1/models HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n";
  };
  const std::string first = get("x-api-key: first\r\n");
  const std::string second = get("x-api-key: second\r\n");
  http1::RepeatedHead heads;
  RememberedClient remembered;
  const auto who = [&](const std::string& head) -> std::string {
    EXPECT_EQ(heads.Parse(head).state, http1::ParseState::kComplete);
    const auto known =
        remembered.Authenticate(heads.head(), routing_.config, kNow);
    if (ErrorOf(known) != nullptr) return "";
    return std::get<const ClientEntry*>(known)->name.value;
  };
  for (int time = 0; time < 2; ++time) {
    EXPECT_EQ(who(first), "first");
    EXPECT_EQ(who(first), "first");
    EXPECT_EQ(who(second), "second");
    EXPECT_EQ(who(get("x-api-key: third\r\n")), "");
    EXPECT_EQ(who(get("x-api-key: third\r\n")), "");
    EXPECT_EQ(who(get("")), "");
    EXPECT_EQ(who(second), "second");
    EXPECT_EQ(who(get("Authorization: Basic x\r\nx-api-key: first\r\n")), "");
  }
  // Heads that came between, and were never shown.
  EXPECT_EQ(who(first), "first");
  heads.Parse(second);
  heads.Parse(second);
  EXPECT_EQ(who(second), "second");
}

TEST_F(ClientAuthTest, TheSameHeadExpiresAndChangesItsConfiguration) {
  http1::RepeatedHead heads;
  heads.Parse("GET / HTTP/1.1\r\nHost: a\r\nx-api-key: first\r\n\r\n");
  const http1::RequestHead& head = heads.head();
  RememberedClient remembered;
  config().clients[0].expires_at = kNow + absl::Seconds(1);
  const auto asks = [&](const auto& config, absl::Time now) {
    return ErrorOf(remembered.Authenticate(head, config, now)) == nullptr;
  };
  EXPECT_TRUE(asks(routing_.config, kNow));
  EXPECT_FALSE(asks(routing_.config, kNow + absl::Seconds(1)));
  EXPECT_TRUE(asks(routing_.config, kNow));
  const auto emptied = std::make_shared<const RoutingConfig>();
  EXPECT_FALSE(asks(emptied, kNow));
  EXPECT_TRUE(asks(routing_.config, kNow));
}

TEST_F(ClientAuthTest, WithoutClientsNobodyComesIn) {
  config().client_by_digest.clear();
  config().clients.clear();
  EXPECT_EQ(Who("x-api-key: first\r\n"), "");
}

}  // namespace
}  // namespace weir::dataplane
