// From a traced request to its spans, as OTLP has them; pure.
#ifndef WEIR_DATAPLANE_TRACE_SPAN_BUILD_H_
#define WEIR_DATAPLANE_TRACE_SPAN_BUILD_H_

#include <span>
#include <string>

#include "dataplane/trace/traced_request.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"

namespace weir::dataplane {

namespace otlp = ::opentelemetry::proto;

// The process, as all of its spans say.
struct TraceResource {
  std::string node_id;
  // Empty: none.
  std::string region;
  std::string build_version;
};

// Names of attributes are those of OpenTelemetry's semantic conventions for
// HTTP (1.23) and for generative AI (1.37 and later) where there is one, and
// begin with `weir.` where there is none. `SpanCount()` spans of each, the
// request's first.
otlp::collector::trace::v1::ExportTraceServiceRequest BuildExport(
    const TraceResource& resource, std::span<const TracedRequest> requests);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_TRACE_SPAN_BUILD_H_
