// A request as a worker notes it, for whoever makes spans of it.
#ifndef WEIR_TESTS_DATAPLANE_TRACE_SAMPLE_REQUEST_H_
#define WEIR_TESTS_DATAPLANE_TRACE_SAMPLE_REQUEST_H_

#include <cstdint>
#include <utility>

#include "absl/time/time.h"
#include "common/dialect/dialect.h"
#include "dataplane/http1/head.h"
#include "dataplane/request.h"
#include "dataplane/trace/traced_request.h"
#include "dataplane/trace_context.h"
#include "tests/testing/fake_random.h"

namespace weir::testing {

// On Clock::Now() and on the wall: far apart, so that who mixes them up fails.
inline const absl::Time kReceivedAt = absl::FromUnixSeconds(1'000);
inline const absl::Time kReceivedOnWall = absl::FromUnixSeconds(1'700'000'000);

// A client's trace.
inline constexpr char kTraceParent[] =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

// After 10 ms, for 20 ms, at the provider `p`.
inline dataplane::TracedAttempt SampleAttempt(std::uint64_t span) {
  dataplane::TracedAttempt attempt;
  attempt.span = span;
  attempt.began_at = kReceivedAt + absl::Milliseconds(10);
  attempt.took = absl::Milliseconds(20);
  attempt.provider = "p";
  attempt.upstream_model = "upstream-m";
  attempt.host = "p.example";
  attempt.port = 443;
  attempt.dialect = &dialect::OpenAi();
  attempt.status = 200;
  return attempt;
}

// A chat in a client's trace that went well: four spans, 100 ms.
inline dataplane::TracedRequest SampleRequest() {
  FakeRandom random({0.25});
  dataplane::TracedRequest request;
  request.record.at = kReceivedOnWall;
  request.record.id = dataplane::RequestId("req_1");
  request.record.client_key = "key-1";
  request.record.model = "m";
  request.record.provider = "p";
  request.record.status = 200;
  request.record.attempts = 1;
  request.record.took = absl::Milliseconds(100);
  request.record.overhead = absl::Milliseconds(1);
  request.record.trace =
      dataplane::TraceContext::Continue(kTraceParent, random);
  request.received_at = kReceivedAt;
  request.method = dataplane::http1::Method::kPost;
  request.endpoint = dataplane::Endpoint::kChatCompletions;
  request.plan = {.began_at = kReceivedAt + absl::Milliseconds(1),
                  .ended_at = kReceivedAt + absl::Milliseconds(2),
                  .candidates = 3,
                  .by_affinity = false};
  request.attempts.push_back(SampleAttempt(0x0102030405060708));
  request.relay_began_at = kReceivedAt + absl::Milliseconds(30);
  return request;
}

}  // namespace weir::testing

#endif  // WEIR_TESTS_DATAPLANE_TRACE_SAMPLE_REQUEST_H_
