// A routing configuration, and a request against it, in a few words.
#ifndef WEIR_TESTS_DATAPLANE_SMALL_ROUTING_H_
#define WEIR_TESTS_DATAPLANE_SMALL_ROUTING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/dialect/dialect.h"
#include "common/ids.h"
#include "dataplane/http1/head.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"
#include "gtest/gtest.h"

namespace weir::testing {

// Everything is enabled, usable and allowed until the test changes it.
struct SmallRouting {
  struct NewTarget {
    std::string provider;
    double share = 1;
    std::uint32_t rank = 0;
  };

  // At http://NAME.example/base, with one credential: `key: NAME`.
  dataplane::ProviderIndex AddProvider(const std::string& name) {
    dataplane::ProviderEntry entry{};
    entry.name = name;
    entry.dialect = &dialect::OpenAi();
    entry.dial.url = {net::Scheme::kHttp, name + ".example", 80, "/base"};
    entry.host_header = entry.dial.url.HostHeader();
    entry.credentials = {{"key: " + name + "\r\n", 0}};
    entry.breaker = {5, absl::Seconds(30)};
    const auto index =
        static_cast<dataplane::ProviderIndex>(config->providers.size());
    config->provider_by_name.emplace(name, index);
    config->providers.push_back(entry);
    return index;
  }

  // Each target's upstream model is `up-NAME`. Unknown providers are added.
  dataplane::ModelIndex AddModel(const std::string& name,
                                 const std::vector<NewTarget>& targets) {
    dataplane::ModelEntry model{};
    model.name = name;
    model.mode = config::v1::MODE_ENABLED;
    model.first_target = static_cast<std::uint32_t>(config->targets.size());
    for (const NewTarget& target : targets) {
      const auto known = config->provider_by_name.find(target.provider);
      dataplane::TargetEntry entry{};
      entry.provider = known != config->provider_by_name.end()
                           ? known->second
                           : AddProvider(target.provider);
      entry.upstream_model = "up-" + name;
      entry.upstream_model_json = "\"up-" + name + "\"";
      entry.id = MakeTargetId(target.provider, entry.upstream_model);
      entry.base_weight = target.share;
      entry.mode = config::v1::MODE_ENABLED;
      config->targets.push_back(entry);
      weights->share.push_back({target.share, target.rank, false});
    }
    model.end_target = static_cast<std::uint32_t>(config->targets.size());
    const auto index =
        static_cast<dataplane::ModelIndex>(config->models.size());
    config->model_by_name.emplace(name, index);
    config->models.push_back(model);
    return index;
  }

  std::shared_ptr<dataplane::RoutingConfig> config =
      std::make_shared<dataplane::RoutingConfig>();
  std::shared_ptr<dataplane::RoutingWeights> weights =
      std::make_shared<dataplane::RoutingWeights>();
  dataplane::Snapshot snapshot{config, weights};
  // May do everything.
  dataplane::ClientEntry client{ClientKeyId{"tester"}, {}, true, {}, true, {}};
};

// A request as it was read: `request` has its head, body, id, snapshot and
// client. `routing` outlives it.
class SentRequest {
 public:
  // `lines` are header lines with their CRLFs.
  SentRequest(const SmallRouting& routing, std::string_view method_and_target,
              std::string_view lines, std::string body)
      : text_(std::string(method_and_target) + " HTTP/1.1\r\nHost: weir\r\n" +
              std::string(lines) + "\r\n"),
        body_(std::move(body)) {
    EXPECT_EQ(dataplane::http1::ParseRequestHead(text_, head_).state,
              dataplane::http1::ParseState::kComplete)
        << text_;
    request.head = &head_;
    request.body = body_;
    request.id = dataplane::RequestId("req_1");
    request.snapshot = &routing.snapshot;
    request.client = &routing.client;
  }
  SentRequest(const SentRequest&) = delete;
  SentRequest& operator=(const SentRequest&) = delete;

  dataplane::Request request;

 private:
  const std::string text_;
  const std::string body_;
  dataplane::http1::RequestHead head_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_DATAPLANE_SMALL_ROUTING_H_
