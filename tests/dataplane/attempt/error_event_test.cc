#include "dataplane/attempt/error_event.h"

#include <string_view>
#include <vector>

#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

struct EventCase {
  std::string_view data;
  int want;
};

TEST(StatusOfErrorEventTest, FollowsTheTable) {
  const std::vector<EventCase> cases = {
      // OpenAI; the code says more than the type.
      {R"({"error":{"type":"requests","code":"rate_limit_exceeded"}})", 429},
      {R"({"error":{"type":"insufficient_quota","code":null}})", 402},
      {R"({"error":{"type":"invalid_request_error","code":"invalid_api_key"}})",
       401},
      {R"({"error":{"type":"invalid_request_error","code":null}})", 400},
      {R"({"error":{"type":"server_error","code":null}})", 500},
      // OpenAI's responses.
      {R"({"type":"error","code":"rate_limit_exceeded","message":"x"})", 429},
      {R"({"type":"response.failed","response":{"error":{"code" :
        "server_error"}}})",
       500},
      // Anthropic.
      {R"({"type":"error","error":{"type":"rate_limit_error"}})", 429},
      {R"({"error":{"code":503,"status":"UNAVAILABLE"}})", 503},
      {R"({"error":{"status":"RESOURCE_EXHAUSTED"}})", 429},
      {R"({"error":{"status":"INVALID_ARGUMENT"}})", 400},
      {R"({"type":"error","error":{"type":"overloaded_error"}})", 529},
      {R"({"type":"error","error":{"type":"authentication_error"}})", 401},
      {R"({"type":"error","error":{"type":"billing_error"}})", 402},
      {R"({"type":"error","error":{"type":"permission_error"}})", 403},
      {R"({"type":"error","error":{"type":"not_found_error"}})", 404},
      // vLLM and SGLang, OpenRouter, LiteLLM, Google.
      {R"({"error":{"object":"error","type":"BadRequestError","code":400}})",
       400},
      {R"({"error":{"code":429,"message":"slow down"}})", 429},
      {R"({"error":{"type":"None","code":"503"}})", 503},
      {R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}})", 429},
      {R"({"error":{"status_code":502}})", 502},
      // Nothing that is known.
      {R"({"error":{"message":"overloaded"}})", 500},
      {R"({"error":{"code":200,"type":"odd"}})", 500},
      {R"({"error":{"code":4290}})", 500},
      {R"({"error":{"code":99999999999999999999}})", 500},
      {R"({"error":"rate_limit_error"})", 500},
      {R"({"error":{"code":"rate_limit_exceeded)", 429},
      {R"({"error":{"code")", 500},
      {R"({"error":{"code":)", 500},
      {R"({"error":{"code":")", 500},
      {"", 500},
  };
  for (const EventCase& c : cases) {
    EXPECT_EQ(StatusOfErrorEvent(c.data), c.want) << c.data;
  }
}

// Otherwise one client could have everybody's target paused.
TEST(StatusOfErrorEventTest, WhatAMessageQuotesSaysNothing) {
  for (const std::string_view data :
       {R"({"error":{"message":"rate_limit_error"}})",
        R"({"error":{"message":"got {\"code\":429}"}})",
        R"({"error":{"message":"got {\"type\":\"rate_limit_error\"}"}})",
        R"({"error":{"message":"\"code\": 429"}})",
        R"({"error":{"param":"rate_limit"}})"}) {
    EXPECT_EQ(StatusOfErrorEvent(data), 500) << data;
  }
}

}  // namespace
}  // namespace weir::dataplane
