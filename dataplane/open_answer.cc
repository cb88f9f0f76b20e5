#include "dataplane/open_answer.h"

#include <optional>
#include <string>

#include "common/dialect/dialect.h"
#include "dataplane/account/answer_head.h"
#include "dataplane/current_snapshot.h"
#include "dataplane/readiness.h"
#include "dataplane/understand/endpoint.h"

namespace weir::dataplane {

std::optional<OwnAnswer> AnswerOpenly(const Route& route,
                                      const RoutingView* view, bool draining,
                                      std::string& body) {
  OwnAnswer answer{.status = 200};
  if (route.wrong_method) {
    body = route.dialect->ErrorBody(
        {405, "method_not_allowed", "This path takes another method."});
    const bool reads = route.endpoint == Endpoint::kListModels ||
                       route.endpoint == Endpoint::kHealth ||
                       route.endpoint == Endpoint::kHealthFull;
    answer.status = 405;
    answer.error_source = ErrorSource::kGateway;
    answer.should_retry = false;
    answer.allow = reads ? "GET, HEAD" : "POST";
    return answer;
  }
  switch (route.endpoint) {
    case Endpoint::kHealth:
      body = R"({"status":"ok"})";
      return answer;
    case Endpoint::kHealthFull: {
      const Readiness readiness = ReadinessOf(view, draining);
      answer.status = readiness.ready ? 200 : 503;
      body = readiness.json;
      return answer;
    }
    case Endpoint::kServerOptions:
      answer.allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
      return answer;
    case Endpoint::kUnknown:
      answer.status = 404;
      answer.error_source = ErrorSource::kGateway;
      answer.should_retry = false;
      body = route.dialect->ErrorBody(
          {404, "unknown_path", "There is nothing here; the API is at /v1/."});
      return answer;
    default:
      return std::nullopt;
  }
}

}  // namespace weir::dataplane
