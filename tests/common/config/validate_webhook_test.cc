#include "gtest/gtest.h"
#include "tests/common/config/validate_case.h"

namespace weir::config {
namespace {

class ValidateWebhookTest : public ::testing::TestWithParam<ValidateCase> {};

TEST_P(ValidateWebhookTest, FollowsTheTable) { ExpectFindings(GetParam()); }

v1::Webhook& Hook(v1::Resources& resources, const char* name = "ops") {
  v1::Webhook& webhook = *resources.add_webhooks();
  webhook.set_name(name);
  webhook.set_url("https://hooks.example/in");
  return webhook;
}

v1::Webhook& PagerDuty(v1::Resources& resources) {
  v1::Webhook& webhook = Hook(resources);
  webhook.set_format(v1::WEBHOOK_FORMAT_PAGERDUTY);
  webhook.mutable_routing_key()->set_env("PD_KEY");
  return webhook;
}

INSTANTIATE_TEST_SUITE_P(
    Table, ValidateWebhookTest,
    ::testing::ValuesIn<ValidateCase>({
        {"Plain",
         [](auto& r) {
           v1::Webhook& webhook = Hook(r);
           webhook.mutable_token()->set_file("/run/token");
           webhook.add_alerts("all_down");
         }},
        {"PagerDuty", [](auto& r) { PagerDuty(r); }},
        {"Slack",
         [](auto& r) {
           v1::Webhook& webhook = Hook(r);
           webhook.set_format(v1::WEBHOOK_FORMAT_SLACK);
           webhook.clear_url();
           webhook.mutable_url_from()->set_env("SLACK_URL");
         }},
        {"Twice",
         [](auto& r) {
           Hook(r);
           Hook(r);
         },
         "webhooks[1].name: \"ops\" is what webhooks[0].name says too; give "
         "each its own name"},
        {"NoUrl", [](auto& r) { Hook(r).clear_url(); },
         "webhooks[0]: has neither url nor url_from; write one of them; "
         "url_from where the URL is a secret"},
        {"TwoUrls", [](auto& r) { Hook(r).mutable_url_from()->set_env("URL"); },
         "webhooks[0]: has both url and url_from; write one of them; url_from "
         "where the URL is a secret"},
        {"AUrlIsNotQuoted",
         [](auto& r) { Hook(r).set_url("hooks.example/secret"); },
         "webhooks[0].url: does not begin with http:// or https://; write one "
         "like https://events.pagerduty.com/v2/enqueue"},
        {"ASecretInAReferencesPlace",
         [](auto& r) { Hook(r).mutable_token()->set_env("s3cr3t!"); },
         "webhooks[0].token.env: is not the name of a variable; write a name "
         "like RELAY_KEY, never the secret itself"},
        {"PagerDutyWithoutItsKey",
         [](auto& r) { PagerDuty(r).clear_routing_key(); },
         "webhooks[0].routing_key: is missing; write {env: NAME} or {file: "
         "/path} of the integration key"},
        {"PagerDutyWithAToken",
         [](auto& r) { PagerDuty(r).mutable_token()->set_env("TOKEN"); },
         "webhooks[0].token: is not for format pagerduty; remove it; "
         "PagerDuty takes routing_key"},
        {"ARoutingKeyElsewhere",
         [](auto& r) { Hook(r).mutable_routing_key()->set_env("KEY"); },
         "webhooks[0].routing_key: is for format pagerduty alone; write token, "
         "or format: pagerduty"},
        {"AnUnknownKind", [](auto& r) { Hook(r).add_alerts("all_dwn"); },
         "webhooks[0].alerts[0]: there is no kind of alert \"all_dwn\"; did "
         "you mean \"all_down\"?"},
        {"AnUnknownFormat",
         [](auto& r) { Hook(r).set_format(static_cast<v1::WebhookFormat>(9)); },
         "webhooks[0].format: is not known: 9; write json, slack or "
         "pagerduty"},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::config
