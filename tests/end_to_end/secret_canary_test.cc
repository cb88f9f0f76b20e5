// Promise: a secret shows nowhere but where it is used, whatever goes wrong:
// not in logs, metrics, traces, views, answers, what weirctl prints, the
// database or any file that weir writes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/canaries.h"
#include "tests/end_to_end/harness/eventually.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/http_client.h"
#include "tests/end_to_end/harness/http_receiver.h"
#include "tests/end_to_end/harness/process.h"
#include "tests/end_to_end/harness/server.h"
#include "tests/end_to_end/harness/temporary_folder.h"
#include "tests/end_to_end/secret_fleet.h"
#include "tests/testing/postgres_server.h"

namespace weir::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kChat[] = "/v1/chat/completions";

class SecretCanaryTest : public ::testing::Test {
 protected:
  // Notes what the client was told.
  HttpAnswer Note(const absl::StatusOr<HttpAnswer>& answer) {
    if (!answer.ok()) return {};
    for (const auto& [name, value] : answer->headers) {
      absl::StrAppend(&told_, name, ": ", value, "\n");
    }
    absl::StrAppend(&told_, answer->body, "\n");
    const std::string id = answer->Header("x-request-id");
    if (!id.empty()) request_ids_.push_back(id);
    return *answer;
  }
  HttpAnswer Ask(const std::string& model, const std::string& key,
                 Answering answering = Answering::kWhole) {
    return Note(
        PostJson(fleet().Api(), kChat, key, ChatBody(model, answering)));
  }
  // With `secret` in each place where a client may put one.
  void AskWithWrongKeys(const std::string& secret) {
    using Headers = std::vector<std::pair<std::string, std::string>>;
    const std::string bearer = absl::StrCat("Bearer ", secret);
    for (const Headers& headers : std::vector<Headers>{
             {{"Authorization", bearer}},
             {{"Authorization", absl::StrCat("Basic ", secret)}},
             {{"Authorization", secret}},
             {{"x-api-key", secret}},
             {{"x-goog-api-key", secret}},
             {{"api-key", secret}, {"Cookie", absl::StrCat("k=", secret)}},
             {{"Authorization", bearer}, {"Authorization", bearer}},
             {{"Authorization", absl::StrCat("Bearer ", secrets_.client_key())},
              {"Proxy-Authorization", bearer},
              {"Cookie", absl::StrCat("session=", secret)},
              {"openai-organization", secret}}}) {
      for (const std::string& target :
           {std::string(kChat), absl::StrCat(kChat, "?key=", secret),
            absl::StrCat("/v1beta/models/gpt-4.1:generateContent?key=",
                         secret)}) {
        Note(Send(fleet().Api(), {.method = "POST",
                                  .target = target,
                                  .headers = headers,
                                  .body = ChatBody("gpt-4.1")}));
      }
    }
    Note(Send(fleet().Api(), {.target = absl::StrCat("/v1/models?key=", secret),
                              .headers = {{"Authorization", bearer}}}));
  }

  // Each provider fails in `way`, and `models` are asked for.
  void FailWith(const std::string& way,
                const std::vector<std::string>& models) {
    for (int i = 0; i < fleet().providers(); ++i) {
      const absl::Status told = fleet().Control(i, way);
      ASSERT_TRUE(told.ok()) << told;
    }
    for (const std::string& model : models) {
      Ask(model, secrets_.client_key());
      Ask(model, secrets_.client_key(), Answering::kStream);
    }
    for (int i = 0; i < fleet().providers(); ++i) {
      ASSERT_TRUE(fleet().Control(i, R"({"reset": true})").ok());
    }
  }
  // In words that hold what the providers of `models` are called with.
  void FailAndRepeat(const std::string& secret,
                     const std::vector<std::string>& models) {
    const std::string echo = "Incorrect API key provided: " + secret;
    const std::string body =
        absl::StrCat(R"({"error":{"type":"x","message":")", echo, "\"}}");
    for (const int status : {400, 401, 403, 404, 422, 429, 500, 503}) {
      FailWith(absl::StrCat(R"({"status":{"code":)", status, R"(,"body":)",
                            body, R"(,"headers":{"x-echo":")", echo,
                            R"(","www-authenticate":")", echo, "\"}}}"),
               models);
    }
    FailWith(
        absl::StrCat(R"({"status":{"code":500,"body":"<html>)", echo, "\"}}"),
        models);
    FailWith(absl::StrCat(R"({"stream_error":{"body":)", body, "}}"), models);
  }
  // Who asks may read it again; nobody else.
  void RepeatThePrompt(const std::string& prompt) {
    const std::string body = absl::StrReplaceAll(
        R"({"model":"gpt-4.1","messages":[{"role":"user","content":"$"}]})",
        {{"$", prompt}});
    for (const int status : {200, 400, 500}) {
      for (int i = 0; status != 200 && i < fleet().providers(); ++i) {
        const absl::Status told =
            fleet().Control(i, absl::StrCat(R"({"status":{"code":)", status,
                                            R"(,"body":{"error":{"message":")",
                                            prompt, "\"}}}}"));
        ASSERT_TRUE(told.ok()) << told;
      }
      const absl::StatusOr<HttpAnswer> answer =
          PostJson(fleet().Api(), kChat, secrets_.client_key(), body);
      ASSERT_TRUE(answer.ok()) << answer.status();
      EXPECT_EQ(answer->status, status);
      request_ids_.push_back(answer->Header("x-request-id"));
    }
    for (int i = 0; i < fleet().providers(); ++i) {
      ASSERT_TRUE(fleet().Control(i, R"({"reset": true})").ok());
    }
  }
  void FailInManyWays() {
    ASSERT_NO_FATAL_FAILURE(RepeatThePrompt(canaries().Hide("prompt")));
    const std::vector<std::string> models = {"gpt-4.1", "only-p1", "only-p2",
                                             "only-p3"};
    FailAndRepeat(secrets_.primary(), models);
    FailAndRepeat(secrets_.backup(), models);
    FailAndRepeat(secrets_.by_env(), {"by-env"});
    FailWith(R"({"garbage":{"kind":"not_http"}})", models);
    FailWith(R"({"api_key":"another"})", models);
    for (const char* model : {"by-proxy", "by-env-proxy"}) {
      Ask(model, secrets_.client_key());
    }
  }

  void ApplyInlineSecrets() {
    const std::string secret = canaries().Hide("inline secret");
    const std::string provider =
        "providers:\n  - {name: p, base_url: \"https://x.example/v1\", ";
    int number = 0;
    for (const std::string& yaml : std::vector<std::string>{
             absl::StrCat(provider, "credentials: [", secret, "]}\n"),
             absl::StrCat(provider, "credentials: ", secret, "}\n"),
             absl::StrCat(provider, "credentials: [{key: ", secret, "}]}\n"),
             absl::StrCat(provider, "credentials: [{env: sk-", secret, "}]}\n"),
             absl::StrCat(provider, "credentials: [{file: ", secret, "}]}\n"),
             absl::StrCat(provider, "api_key: ", secret, "}\n"),
             absl::StrCat("providers:\n  - {name: p, base_url: \"https://u:",
                          secret, "@x.example/v1\"}\n"),
             absl::StrCat(provider, "forward_proxy: {url: \"http://u:", secret,
                          "@127.0.0.1:1\"}}\n"),
             absl::StrCat("client_keys: [{name: k, secret_sha256: ", secret,
                          "}]\n"),
             absl::StrCat("client_keys: [{name: k, secret: ", secret, "}]\n"),
             absl::StrCat("webhooks: [{name: w, url: \"ftp://h/", secret,
                          "\"}]\n"),
             absl::StrCat("webhooks: [{name: w, url: \"http://u:", secret,
                          "@h/\"}]\n"),
             absl::StrCat("webhooks: [{name: w, url: \"http://h/\", token: ",
                          secret, "}]\n")}) {
      const Finished refused = secrets_.Apply("bad.yaml", yaml);
      EXPECT_NE(refused.exit_code, 0) << ++number;
      absl::StrAppend(&printed_, refused.output);
    }
  }

  // All that can be looked at.
  void LookAtEverything() {
    for (const std::string& address : {fleet().control_plane().address("http"),
                                       fleet().Ops(), fleet().Api()}) {
      for (const char* page :
           {"/metrics", "/health", "/health/full", "/routing-weights", "/livez",
            "/readyz", "/", "/console", "/v1/models"}) {
        Note(Get(address, page));
      }
    }
    for (const char* format : {"table", "json", "yaml"}) {
      for (const std::vector<std::string>& verb :
           std::vector<std::vector<std::string>>{
               {"status"},
               {"export"},
               {"nodes"},
               {"events"},
               {"alerts"},
               {"limits"},
               {"weights"},
               {"explain"},
               {"provider", "list"},
               {"provider", "show", "by-proxy"},
               {"key", "list"},
               {"cost", "report"},
               {"group", "list"}}) {
        Print(verb, format);
      }
    }
    for (const std::string& id : request_ids_) Print({"explain", id}, "json");
  }
  void Print(std::vector<std::string> words, const std::string& format) {
    words.insert(words.begin(), {"-o", format});
    const auto run = fleet().Ctl(std::move(words));
    if (run.ok()) absl::StrAppend(&printed_, run->output);
  }

  void CheckThatTheyWereUsed() {
    for (int i = 0; i < fleet().providers(); ++i) {
      EXPECT_THAT(
          canaries().FoundIn(At(fleet().Stats(i), "/last_request/head")),
          Not(IsEmpty()));
    }
    EXPECT_TRUE(Eventually([this] {
      std::string got;
      for (const HttpReceiver::Received& each :
           secrets_.receiver().received()) {
        absl::StrAppend(&got, each.target, each.authorization, each.body);
      }
      return canaries().FoundIn(got).size() >= 3;
    })) << "webhooks have a secret URL, a token and a routing key";
  }

  void UseAndMisuse() {
    Ask("gpt-4.1", secrets_.client_key(), Answering::kStream);
    AskWithWrongKeys(canaries().Hide("wrong client key"));
    ASSERT_NO_FATAL_FAILURE(FailInManyWays());
    ApplyInlineSecrets();
  }

  void CheckThatNothingShows() {
    EXPECT_THAT(canaries().FoundIn(told_), IsEmpty()) << "answers";
    EXPECT_THAT(canaries().FoundIn(printed_), IsEmpty()) << "weirctl";
    std::string spans;
    for (const auto& request : secrets_.spans().requests()) {
      absl::StrAppend(&spans, request.SerializeAsString());
    }
    EXPECT_THAT(canaries().FoundIn(spans), IsEmpty()) << "traces";
    EXPECT_THAT(spans, HasSubstr("HTTP 401")) << "traces were there";
    int files = 0;
    // Those in which it was hidden.
    EXPECT_THAT(canaries().FoundBelow(
                    fleet().folder(),
                    {"credential.0", "credential.1", "bad.yaml"}, files),
                IsEmpty());
    EXPECT_GE(files, 10) << "logs, caches, spools";
    EXPECT_THAT(told_, HasSubstr("ai_requests_total")) << "metrics were there";
    EXPECT_THAT(printed_, HasSubstr("CANARY_PROVIDER")) << "so was the export";
  }

  Fleet& fleet() { return secrets_.fleet(); }
  Canaries& canaries() { return secrets_.canaries(); }

  SecretFleet secrets_;
  // All that clients were told, and all that weirctl printed.
  std::string told_;
  std::string printed_;
  std::vector<std::string> request_ids_;
};

TEST_F(SecretCanaryTest, NothingShowsASecret) {
  const absl::Status started = secrets_.Start("");
  ASSERT_TRUE(started.ok()) << started << fleet().Logs();
  ASSERT_NO_FATAL_FAILURE(UseAndMisuse());
  CheckThatTheyWereUsed();
  LookAtEverything();
  CheckThatNothingShows();
}

// The database's password too, while it is away and back.
TEST_F(SecretCanaryTest, NorDoesADatabaseServer) {
  const auto server = PostgresServer::Start();
  ASSERT_TRUE(server.ok()) << server.status();
  const absl::StatusOr<std::string> url = (*server)->NewDatabase();
  ASSERT_TRUE(url.ok()) << url.status();
  const std::string password = canaries().Hide("database password");
  const absl::Status started = secrets_.Start(absl::StrReplaceAll(
      *url, {{"//postgres@", absl::StrCat("//postgres:", password, "@")}}));
  ASSERT_TRUE(started.ok()) << started << fleet().Logs();
  (*server)->Stop();
  EXPECT_TRUE(Eventually([this] {
    const auto refused = fleet().Ctl({"key", "create", "another"});
    return refused.ok() && refused->exit_code != 0;
  }));
  ASSERT_TRUE((*server)->Resume().ok());
  ASSERT_TRUE(Eventually(
      [this] {
        const auto status = fleet().Ctl({"status"});
        return status.ok() && status->exit_code == 0;
      },
      absl::Seconds(30)))
      << fleet().Logs();
  ASSERT_NO_FATAL_FAILURE(UseAndMisuse());
  LookAtEverything();
  const absl::StatusOr<Finished> dump =
      RunToEnd({.program = "pg_dump", .arguments = {*url}},
               fleet().folder() / "database.sql", absl::Seconds(30));
  ASSERT_TRUE(dump.ok()) << dump.status();
  ASSERT_EQ(dump->exit_code, 0) << dump->output;
  CheckThatNothingShows();
}

// What is refused before anything starts.
TEST(SecretFlagsTest, AWrongValueIsNotQuoted) {
  Canaries canaries;
  const std::string secret = canaries.Hide("in a flag");
  const TemporaryFolder folder;
  std::ofstream(folder / "bad.yaml")
      << "providers:\n  - {name: p, base_url: \"https://x.example/v1\", "
         "credentials: ["
      << secret << "]}\n";
  for (const std::vector<std::string>& flags :
       std::vector<std::vector<std::string>>{
           {"--resources", folder / "bad.yaml"},
           {"--store", absl::StrCat("mysql://ana:", secret, "@host/weir")},
           {"--store", absl::StrCat("postgresql://ana:", secret, "@[::1")}}) {
    std::vector<std::string> arguments = {"--grpc-listen", "127.0.0.1:0",
                                          "--http-listen", "127.0.0.1:0"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const absl::StatusOr<Finished> run =
        RunToEnd({.program = BinaryFolder() / "weir-controlplane",
                  .arguments = std::move(arguments),
                  .directory = folder.path()},
                 folder / "log", absl::Seconds(10));
    ASSERT_TRUE(run.ok()) << run.status();
    EXPECT_NE(run->exit_code, 0) << flags[0];
    EXPECT_THAT(run->output, HasSubstr("weir-controlplane: "));
    EXPECT_THAT(canaries.FoundIn(run->output), IsEmpty()) << flags[0];
  }
}

}  // namespace
}  // namespace weir::testing
