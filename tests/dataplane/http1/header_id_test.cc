#include "dataplane/http1/header_id.h"

#include <string>
#include <string_view>
#include <vector>

#include "dataplane/http1/characters.h"
#include "dataplane/http1/head.h"
#include "gtest/gtest.h"

namespace weir::dataplane::http1 {
namespace {

struct IdCase {
  std::string name;
  HeaderId want;
};

const std::vector<IdCase>& Known() {
  static const auto* const kKnown = new std::vector<IdCase>({
      {"host", HeaderId::kHost},
      {"content-length", HeaderId::kContentLength},
      {"transfer-encoding", HeaderId::kTransferEncoding},
      {"connection", HeaderId::kConnection},
      {"expect", HeaderId::kExpect},
      {"authorization", HeaderId::kAuthorization},
      {"x-api-key", HeaderId::kApiKey},
      {"content-type", HeaderId::kContentType},
      {"x-request-id", HeaderId::kRequestId},
      {"TraceParent", HeaderId::kTraceParent},
      {"x-weir-provider", HeaderId::kWeir},
      {"x-weir-anything-to-come", HeaderId::kWeir},
      {"retry-after", HeaderId::kRetryAfter},
      {"retry-after-ms", HeaderId::kRetryAfterMs},
      {"keep-alive", HeaderId::kHopByHop},
      {"te", HeaderId::kHopByHop},
      {"trailer", HeaderId::kHopByHop},
      {"upgrade", HeaderId::kHopByHop},
      {"http2-settings", HeaderId::kHopByHop},
      {"proxy-authorization", HeaderId::kHopByHop},
      {"proxy-authenticate", HeaderId::kHopByHop},
      {"proxy-connection", HeaderId::kHopByHop},
      {"cookie", HeaderId::kCredential},
      {"api-key", HeaderId::kCredential},
      {"x-goog-api-key", HeaderId::kGoogApiKey},
      {"anthropic-version", HeaderId::kAnthropicVersion},
      {"forwarded", HeaderId::kForwarding},
      {"via", HeaderId::kForwarding},
      {"x-real-ip", HeaderId::kForwarding},
      {"x-forwarded-for", HeaderId::kForwarding},
      {"x-forwarded-host", HeaderId::kForwarding},
      {"x-gateway-user", HeaderId::kForwarding},
      {"accept-encoding", HeaderId::kAcceptEncoding},
      {"set-cookie", HeaderId::kProviderOnly},
      {"server", HeaderId::kProviderOnly},
      {"alt-svc", HeaderId::kProviderOnly},
      {"strict-transport-security", HeaderId::kProviderOnly},
      {"openai-organization", HeaderId::kProviderOnly},
      {"openai-project", HeaderId::kProviderOnly},
      {"x-ratelimit-remaining-requests", HeaderId::kAccountLimit},
      {"anthropic-ratelimit-requests-remaining", HeaderId::kAccountLimit},
      {"anthropic-ratelimit-unified-status", HeaderId::kOther},
  });
  return *kKnown;
}

std::string InCapitals(std::string name) {
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return name;
}

TEST(HeaderIdTest, FollowsTheTableInAnyCase) {
  for (const IdCase& c : Known()) {
    EXPECT_EQ(IdOfHeader(c.name), c.want) << c.name;
    EXPECT_EQ(IdOfHeader(InCapitals(c.name)), c.want) << c.name;
  }
}

TEST(HeaderIdTest, NothingElseIsMeant) {
  for (const std::string_view name :
       {"",
        "h",
        "hosts",
        "ost",
        "content-lengt",
        "content-lengths",
        "x-api-ke",
        "x-api-keys",
        "authorizatio",
        "authorizations",
        "x-weir-",
        "x-weir",
        "proxy-",
        "accept",
        "user-agent",
        "x-stainless-lang",
        "date",
        "openai-version",
        "content-encoding",
        "a-name-that-is-longer-than-all-that-are-known"}) {
    EXPECT_EQ(IdOfHeader(name), HeaderId::kOther) << name;
  }
}

// The one byte apart that ASCII folding by `| 0x20` would confuse.
TEST(HeaderIdTest, OnlyLettersHaveACase) {
  EXPECT_EQ(IdOfHeader("x\rapi-key"), HeaderId::kOther);
  EXPECT_FALSE(EqualsIgnoringCase("@", "`"));
  EXPECT_FALSE(EqualsIgnoringCase("[", "{"));
  EXPECT_FALSE(EqualsIgnoringCase("\xc3\x89", "\xc3\xa9"));
  EXPECT_TRUE(EqualsIgnoringCase("AZaz09-", "azAZ09-"));
}

TEST(CharactersTest, ClassesAreTheGrammars) {
  const std::string_view token_marks = "!#$%&'*+-.^_`|~";
  for (int code = 0; code < 256; ++code) {
    const char c = static_cast<char>(code);
    const bool letter_or_digit = (code >= '0' && code <= '9') ||
                                 (code >= 'A' && code <= 'Z') ||
                                 (code >= 'a' && code <= 'z');
    const bool mark = token_marks.find(c) != std::string_view::npos;
    EXPECT_EQ(Is(c, kToken), letter_or_digit || mark) << code;
    EXPECT_EQ(Is(c, kValue), code == '\t' || (code >= 0x20 && code != 0x7f))
        << code;
    EXPECT_EQ(Is(c, kTarget),
              code > 0x20 && code < 0x7f && c != '\\' && c != '#')
        << code;
  }
}

}  // namespace
}  // namespace weir::dataplane::http1
