#include "dataplane/node_pages.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "common/ops/metrics.h"
#include "common/ops/ops_server.h"
#include "dataplane/node_metrics.h"
#include "dataplane/node_status.h"
#include "dataplane/weights_page.h"

namespace weir::dataplane {
namespace {

namespace asio = boost::asio;

using Render = ops::Response (*)(const NodeStatus&);

// Waits for a status. By value: a coroutine's arguments must live as long.
asio::awaitable<NodeStatus> Ask(StatusSource source) {
  return asio::async_initiate<const asio::use_awaitable_t<>&, void(NodeStatus)>(
      [source = std::move(source)](auto handler) {
        const auto shared =
            std::make_shared<decltype(handler)>(std::move(handler));
        source.status([shared](const NodeStatus& status) {
          std::move (*shared)(status);
        });
      },
      asio::use_awaitable);
}

asio::awaitable<ops::Response> Show(StatusSource source, Render render) {
  co_return render(co_await Ask(std::move(source)));
}

asio::awaitable<ops::Response> Say(ops::Response response) {
  co_return response;
}

ops::Response Metrics(const NodeStatus& status) {
  return {200, ops::kMetricsContentType, NodeMetrics(status).Text()};
}

ops::Response Weights(const NodeStatus& status) {
  return {200, "application/json", WeightsPage(status)};
}

ops::Response Ready(NodeReadiness readiness) {
  switch (readiness) {
    case NodeReadiness::kReady:
      return {200, "application/json", R"({"status":"ready"})"};
    case NodeReadiness::kNoSnapshot:
      return {503, "application/json",
              R"({"status":"unready","reason":"no configuration yet"})"};
    case NodeReadiness::kDraining:
      return {503, "application/json",
              R"({"status":"unready","reason":"draining"})"};
  }
  return {500, "application/json", R"({"status":"unknown"})"};
}

}  // namespace

void AddPages(StatusSource source, ops::OpsServer& server) {
  server.Handle("/metrics", [source](const ops::Request&) {
    return Show(source, &Metrics);
  });
  server.Handle("/routing-weights", [source](const ops::Request&) {
    return Show(source, &Weights);
  });
  // Under the name that the client port has it too: there, a probe is refused
  // like everybody when the node has all the connections it may have.
  for (const char* path : {"/livez", "/health"}) {
    server.Handle(path, [](const ops::Request&) {
      return Say({200, "application/json", R"({"status":"alive"})"});
    });
  }
  server.Handle("/readyz", [source](const ops::Request&) {
    return Say(Ready(source.readiness()));
  });
}

}  // namespace weir::dataplane
