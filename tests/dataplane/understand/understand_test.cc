#include "dataplane/understand/understand.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/dialect/dialect.h"
#include "dataplane/request.h"
#include "dataplane/understand/body_scan.h"
#include "dataplane/understand/endpoint.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/small_routing.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kChat[] = "POST /v1/chat/completions";
constexpr char kJson[] = "content-type: application/json\r\nx-a: b\r\n";

// The models `gpt` (alias `four`) and `other` at the provider `p`; nothing at
// the provider `q`.
class UnderstandTest : public ::testing::Test {
 protected:
  UnderstandTest() {
    routing_.AddModel("gpt", {{"p"}});
    routing_.AddModel("other", {{"p"}});
    routing_.AddProvider("q");
    routing_.config->model_by_name.emplace("four", 0);
  }

  // The code that the request is refused with; empty when it is not.
  std::string Try(std::string_view line, std::string_view lines,
                  const std::string& body) {
    testing::SentRequest sent(routing_, line, lines, body);
    const Route route = RouteOf(*sent.request.head);
    const auto error = Understand(route, ReadWishes(*sent.request.head),
                                  scanner_, sent.request);
    // Views into `sent` end here; what is looked at later does not use them.
    request_ = sent.request;
    error_ = error;
    return error.has_value() ? std::string(error->code) : std::string();
  }

  std::string Chat(const std::string& body, std::string_view lines = kJson) {
    return Try(kChat, lines, body);
  }

  RequestClass ClassOf(const std::string& body, std::string_view lines = {}) {
    EXPECT_EQ(Chat(body, lines), "");
    return request_.request_class;
  }

  testing::SmallRouting routing_;
  BodyScanner scanner_;
  Request request_;
  std::optional<dialect::ApiError> error_;
};

TEST_F(UnderstandTest, AModelIsFoundByNameAndAlias) {
  EXPECT_EQ(Chat(R"({"model":"gpt","stream":true})"), "");
  EXPECT_EQ(request_.endpoint, Endpoint::kChatCompletions);
  EXPECT_EQ(request_.model, 0U);
  ASSERT_TRUE(request_.model_span.has_value());
  EXPECT_EQ(request_.model_span->begin, 9U);
  EXPECT_EQ(request_.model_span->end, 14U);
  EXPECT_TRUE(request_.wants_stream);
  EXPECT_EQ(request_.replay, Replay::kAllowed);
  EXPECT_EQ(request_.provider, std::nullopt);
  EXPECT_EQ(Chat(R"({"model":"four"})"), "");
  EXPECT_EQ(request_.model, 0U);
  EXPECT_FALSE(request_.wants_stream);
  EXPECT_EQ(Chat(R"({"model":"other"})"), "");
  EXPECT_EQ(request_.model, 1U);
  // The path says that it is JSON.
  EXPECT_EQ(Chat(R"({"model":"gpt"})", ""), "");
}

TEST_F(UnderstandTest, ABodyMustNameAModel) {
  EXPECT_EQ(Chat("{}"), "missing_model");
  EXPECT_EQ(error_->status, 400);
  EXPECT_EQ(error_->param, "model");
  EXPECT_EQ(Chat(""), "invalid_json");
  EXPECT_EQ(Chat("{"), "invalid_json");
  EXPECT_EQ(Chat(R"({"model":7})"), "invalid_model");
  EXPECT_EQ(Chat(R"({"model":"gpt","model":"gpt"})"), "duplicate_field");
}

TEST_F(UnderstandTest, AnUnknownModelIsToldTheNamesThatAreKnown) {
  EXPECT_EQ(Chat(R"({"model":"GPT"})"), "model_not_found");
  EXPECT_EQ(error_->status, 404);
  EXPECT_THAT(error_->message, HasSubstr("`GPT`"));
  EXPECT_THAT(error_->message, HasSubstr("gpt, other."));
}

TEST_F(UnderstandTest, NamesThatTheKeyMayNotUseAreNotTold) {
  routing_.client.may_use_all_models = false;
  EXPECT_EQ(Chat(R"({"model":"x"})"), "model_not_found");
  EXPECT_THAT(error_->message, HasSubstr("may use: none."));
  routing_.client.models = {1};
  EXPECT_EQ(Chat(R"({"model":"x"})"), "model_not_found");
  EXPECT_THAT(error_->message, HasSubstr("may use: other."));
}

TEST_F(UnderstandTest, AListOfNamesHasAnEnd) {
  for (int i = 0; i < 100; ++i) {
    routing_.AddModel("m" + std::to_string(i), {});
  }
  EXPECT_EQ(Chat(R"({"model":")" + std::string(10'000, 'x') + "\"}"),
            "model_not_found");
  EXPECT_THAT(error_->message, HasSubstr("m47 and 52 more."));
  EXPECT_LT(error_->message.size(), 1000U);
}

TEST_F(UnderstandTest, AModelWithoutTheRightIsForbidden) {
  routing_.client.may_use_all_models = false;
  routing_.client.models = {1};
  EXPECT_EQ(Chat(R"({"model":"other"})"), "");
  for (const std::string body : {R"({"model":"gpt"})", R"({"model":"four"})",
                                 R"({"model":"\u0067pt"})"}) {
    EXPECT_EQ(Chat(body), "model_not_allowed") << body;
    EXPECT_EQ(error_->status, 403);
  }
}

TEST_F(UnderstandTest, ADisabledModelIsNotThere) {
  routing_.config->models[0].mode = config::v1::MODE_DISABLED;
  EXPECT_EQ(Chat(R"({"model":"gpt"})"), "model_not_found");
  EXPECT_THAT(error_->message, HasSubstr("may use: other."));
  routing_.config->models[0].mode = config::v1::MODE_DRAINING;
  EXPECT_EQ(Chat(R"({"model":"gpt"})"), "");
}

TEST_F(UnderstandTest, AProviderMayBeNamed) {
  EXPECT_EQ(Chat(R"({"model":"gpt"})", "X-Weir-Provider: p\r\n"), "");
  EXPECT_EQ(request_.provider, 0U);
  EXPECT_EQ(request_.model, 0U);
  // It may know models that weir does not.
  EXPECT_EQ(Chat(R"({"model":"own"})", "X-Weir-Provider: q\r\n"), "");
  EXPECT_EQ(request_.provider, 1U);
  EXPECT_EQ(request_.model, std::nullopt);
  EXPECT_EQ(request_.model_span, std::nullopt);
  EXPECT_EQ(Chat("{}", "X-Weir-Provider: q\r\n"), "missing_model");
  EXPECT_EQ(Chat(R"({"model":"gpt"})", "x-weir-provider: r\r\n"),
            "provider_not_found");
  EXPECT_EQ(error_->status, 404);
}

TEST_F(UnderstandTest, ANamedProviderDoesNotLiftTheModelsBounds) {
  const std::string named = "x-weir-provider: p\r\n";
  routing_.config->models[1].mode = config::v1::MODE_DISABLED;
  // Switched off is switched off.
  EXPECT_EQ(Chat(R"({"model":"other"})", named), "model_not_found");
  EXPECT_EQ(Chat(R"({"model":"own"})", named), "");
  routing_.client.may_use_all_models = false;
  EXPECT_EQ(Chat(R"({"model":"gpt"})", named), "model_not_allowed");
  // A name of the provider's own may be any model's.
  EXPECT_EQ(Chat(R"({"model":"own"})", named), "model_not_found");
  EXPECT_EQ(Chat(R"({"model":"other"})", named), "model_not_found");
}

TEST_F(UnderstandTest, WithoutTheRightNothingIsToldOfProviders) {
  routing_.client.may_address_all_providers = false;
  routing_.client.providers = {1};
  EXPECT_EQ(Chat(R"({"model":"own"})", "x-weir-provider: q\r\n"), "");
  EXPECT_EQ(Chat(R"({"model":"gpt"})", "x-weir-provider: p\r\n"),
            "provider_not_allowed");
  EXPECT_EQ(error_->status, 403);
  const std::string message = error_->message;
  EXPECT_EQ(Chat(R"({"model":"gpt"})", "x-weir-provider: nobody\r\n"),
            "provider_not_allowed");
  EXPECT_EQ(error_->message, message);
}

TEST_F(UnderstandTest, AMessageIsRoutedLikeAChat) {
  EXPECT_EQ(Try("POST /v1/messages?beta=true", kJson,
                R"({"model":"four","max_tokens":9,"stream":true})"),
            "");
  EXPECT_EQ(request_.endpoint, Endpoint::kMessages);
  EXPECT_EQ(request_.model, 0U);
  EXPECT_TRUE(request_.wants_stream);
  EXPECT_EQ(request_.request_class, RequestClass::kFast);
  EXPECT_EQ(request_.replay, Replay::kAllowed);
  EXPECT_EQ(Try("POST /v1/messages", kJson, "{}"), "missing_model");
  EXPECT_EQ(Try("POST /v1/messages", "",
                R"({"model":"gpt","thinking":{"type":"enabled"}})"),
            "");
  EXPECT_EQ(request_.request_class, RequestClass::kComplex);
}

TEST_F(UnderstandTest, GeminisModelComesFromThePath) {
  EXPECT_EQ(Try("POST /v1beta/models/four:generateContent", kJson,
                R"({"model":"models/x","generationConfig":)"
                R"({"maxOutputTokens":9}})"),
            "");
  EXPECT_EQ(request_.endpoint, Endpoint::kGenerateContent);
  EXPECT_EQ(request_.model, 0U);
  EXPECT_EQ(request_.model_span, std::nullopt);
  EXPECT_FALSE(request_.wants_stream);
  EXPECT_EQ(request_.request_class, RequestClass::kFast);
  EXPECT_EQ(Try("POST /v1beta/models/gpt:streamGenerateContent", "", "{}"), "");
  EXPECT_TRUE(request_.wants_stream);
  EXPECT_EQ(Try("POST /v1beta/models/x:generateContent", "", "{}"),
            "model_not_found");
  EXPECT_EQ(Try("POST /v1beta/models/gpt:generateContent", "", ""),
            "invalid_json");
  // Other verbs are routed by it too.
  EXPECT_EQ(Try("POST /v1beta/models/other:embedContent", kJson, "{}"), "");
  EXPECT_EQ(request_.endpoint, Endpoint::kPassThrough);
  EXPECT_EQ(request_.model, 1U);
  EXPECT_EQ(request_.replay, Replay::kForbidden);
}

TEST_F(UnderstandTest, GeminisRequestsAreAsHardAsTheyLook) {
  const auto complexity = [this](const std::string& body) {
    EXPECT_EQ(Try("POST /v1beta/models/gpt:generateContent", "", body), "");
    return request_.complexity;
  };
  EXPECT_EQ(complexity(R"({"contents":[{"parts":[{"text":"a"}]}]})"),
            Complexity::kSimple);
  EXPECT_EQ(complexity(R"({"contents":[{"parts":[{"inlineData":{}}]}]})"),
            Complexity::kMultimodal);
  EXPECT_EQ(complexity(R"({"contents":[{"parts":[{"fileData":{}}]}]})"),
            Complexity::kMultimodal);
  EXPECT_EQ(complexity(R"({"generationConfig":{"thinkingConfig":{}}})"),
            Complexity::kComplex);
  EXPECT_EQ(complexity(R"({"generationConfig":{"maxOutputTokens":5000}})"),
            Complexity::kComplex);
}

TEST_F(UnderstandTest, OtherPathsAreRoutedByModelOrProvider) {
  EXPECT_EQ(Try("POST /v1/images", kJson, R"({"model":"gpt"})"), "");
  EXPECT_EQ(request_.endpoint, Endpoint::kPassThrough);
  EXPECT_EQ(request_.model, 0U);
  EXPECT_EQ(Try("POST /v1/images", kJson, "{}"), "missing_model");
  EXPECT_EQ(Try("POST /v1/images", kJson, "["), "invalid_json");
  EXPECT_EQ(Try("POST /v1/images", kJson, R"({"model":"x"})"),
            "model_not_found");
  EXPECT_EQ(Try("GET /v1/files", "", ""), "missing_model");
  EXPECT_THAT(error_->message, HasSubstr("x-weir-provider"));
  EXPECT_EQ(Try("GET /v1/files", "x-weir-provider: q\r\n", ""), "");
  EXPECT_EQ(request_.provider, 1U);
  EXPECT_EQ(Try("POST /v1/images",
                std::string(kJson) + "x-weir-provider: q\r\n", "{}"),
            "");
  // A body of another kind is nobody's business but the provider's.
  const std::string form =
      "content-type: multipart/form-data\r\nx-weir-provider: q\r\n";
  EXPECT_EQ(Try("POST /v1/files", form, "--x\r\n\xff"), "");
  EXPECT_EQ(request_.model, std::nullopt);
  EXPECT_EQ(Try("POST /v1/files", "content-type: text/plain\r\n",
                R"({"model":"gpt"})"),
            "missing_model");
}

TEST_F(UnderstandTest, OnlyWhatIsHarmlessTwiceIsReplayed) {
  const std::string named = "x-weir-provider: q\r\n";
  for (const std::string line :
       {"POST /v1/embeddings", "POST /v1/responses", "POST /v1/completions"}) {
    EXPECT_EQ(Try(line, "", R"({"model":"gpt"})"), "");
    EXPECT_EQ(request_.replay, Replay::kAllowed) << line;
  }
  for (const std::string line :
       {"GET /v1/files", "DELETE /v1/files/1", "PUT /v1/files/1",
        "HEAD /v1/files", "OPTIONS /v1/files"}) {
    EXPECT_EQ(Try(line, named, ""), "");
    EXPECT_EQ(request_.replay, Replay::kAllowed) << line;
  }
  for (const std::string line : {"POST /v1/files", "PATCH /v1/files/1"}) {
    EXPECT_EQ(Try(line, named, ""), "");
    EXPECT_EQ(request_.replay, Replay::kForbidden) << line;
  }
}

TEST_F(UnderstandTest, WorkIsClassedByItsSize) {
  const auto body = [](const std::string& fields) {
    return R"({"model":"gpt")" + fields + "}";
  };
  const auto padded = [&](std::size_t bytes, const std::string& fields) {
    const std::size_t rest = body(fields + R"(,"x":"")").size();
    return body(fields + R"(,"x":")" + std::string(bytes - rest, 'x') + "\"");
  };
  EXPECT_EQ(ClassOf(body("")), RequestClass::kNormal);
  EXPECT_EQ(ClassOf(body(R"(,"max_tokens":256)")), RequestClass::kFast);
  EXPECT_EQ(ClassOf(body(R"(,"max_tokens":257)")), RequestClass::kNormal);
  EXPECT_EQ(ClassOf(body(R"(,"max_tokens":4096)")), RequestClass::kNormal);
  EXPECT_EQ(ClassOf(body(R"(,"max_tokens":4097)")), RequestClass::kComplex);
  EXPECT_EQ(ClassOf(body(R"(,"tools":[])")), RequestClass::kComplex);
  EXPECT_EQ(ClassOf(body(R"(,"max_tokens":1,"reasoning_effort":"low")")),
            RequestClass::kComplex);
  EXPECT_EQ(ClassOf(padded(4096, R"(,"max_tokens":1)")), RequestClass::kFast);
  EXPECT_EQ(ClassOf(padded(4097, R"(,"max_tokens":1)")), RequestClass::kNormal);
  EXPECT_EQ(ClassOf(padded(32 << 10, "")), RequestClass::kNormal);
  EXPECT_EQ(ClassOf(padded((32 << 10) + 1, "")), RequestClass::kComplex);
}

TEST_F(UnderstandTest, TheClientMayClassItsWork) {
  const std::string body = R"({"model":"gpt","tools":[]})";
  EXPECT_EQ(ClassOf(body, "x-weir-class: fast\r\n"), RequestClass::kFast);
  EXPECT_EQ(ClassOf(body, "X-Weir-Class: normal\r\n"), RequestClass::kNormal);
  EXPECT_EQ(ClassOf(body, "x-weir-class: complex\r\n"), RequestClass::kComplex);
  // A word that weir does not know is no reason to fail.
  EXPECT_EQ(ClassOf(body, "x-weir-class: FAST\r\n"), RequestClass::kComplex);
  EXPECT_THAT(request_.ignored_headers, ElementsAre("x-weir-class"));
}

struct AskingCase {
  const char* line;
  const char* body;
  bool want;
};

TEST_F(UnderstandTest, UsageIsAskedForWhereTheClientSaysNothingOfIt) {
  const AskingCase cases[] = {
      {kChat, R"({"model":"gpt","stream":true})", true},
      {kChat, R"({"model":"gpt","stream":false})", false},
      {kChat, R"({"model":"gpt"})", false},
      {kChat, R"({"model":"gpt","stream":true,"stream_options":null})", false},
      {kChat,
       R"({"stream_options":{"include_usage":true},"model":"gpt",)"
       R"("stream":true})",
       false},
      {"POST /v1/completions", R"({"model":"gpt","stream":true})", true},
      {"POST /v1/responses", R"({"model":"gpt","stream":true})", false},
      {"POST /v1/messages", R"({"model":"gpt","stream":true})", false},
  };
  for (const AskingCase& c : cases) {
    EXPECT_EQ(Try(c.line, kJson, c.body), "") << c.body;
    EXPECT_EQ(request_.asks_for_usage, c.want) << c.line << c.body;
  }
}

}  // namespace
}  // namespace weir::dataplane
