#include "dataplane/node_traces.h"

#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/net/grpc_channel.h"
#include "common/net/plaintext.h"
#include "common/ops/certificate_metrics.h"
#include "common/tls/identity.h"
#include "common/tls/identity_watch.h"
#include "dataplane/trace/span_build.h"
#include "dataplane/trace/span_exporter.h"
#include "dataplane/trace/trace_log.h"
#include "dataplane/worker.h"

namespace weir::dataplane {

absl::Status CheckTraceOptions(const TraceOptions& options,
                               net::Plaintext everywhere) {
  const tls::IdentityFiles& files = options.identity;
  const bool insecure = options.plaintext == net::Plaintext::kAnywhere;
  if (options.endpoint.empty()) {
    if (files.none() && !options.sample.has_value() && !insecure) {
      return absl::OkStatus();
    }
    return absl::FailedPreconditionError(
        "--trace-sample, --otlp-ca, --otlp-cert, --otlp-key and "
        "--otlp-insecure are of use with --otlp-endpoint alone; give it, or "
        "none of them");
  }
  if (files.none()) {
    if (net::MayBePlain(options.endpoint,
                        insecure ? options.plaintext : everywhere)) {
      return absl::OkStatus();
    }
    return absl::FailedPreconditionError(absl::StrCat(
        "--otlp-endpoint ", options.endpoint,
        ": the way there is not of this machine alone; give --otlp-ca, or say "
        "--otlp-insecure"));
  }
  if (files.authorities.empty()) {
    return absl::FailedPreconditionError(
        "--otlp-cert and --otlp-key need --otlp-ca, the authorities of the "
        "collector's own certificate");
  }
  if (files.certificate.empty() != files.key.empty()) {
    return absl::FailedPreconditionError(
        "--otlp-cert and --otlp-key go together; give both or none");
  }
  if (insecure) {
    return absl::FailedPreconditionError(
        "--otlp-insecure and --otlp-ca contradict each other; give one");
  }
  return absl::OkStatus();
}

absl::Status NodeTraces::Open(const TraceOptions& options,
                              net::Plaintext everywhere, absl::Time wall_now) {
  const absl::Status checked = CheckTraceOptions(options, everywhere);
  if (!checked.ok()) return checked;
  options_ = options;
  if (options.identity.none()) return absl::OkStatus();
  auto identity = tls::IdentityWatch::Open(options.identity, wall_now);
  if (!identity.ok()) return identity.status();
  identity_ = *std::move(identity);
  return absl::OkStatus();
}

std::optional<double> NodeTraces::sample() const {
  if (options_.endpoint.empty()) return std::nullopt;
  return options_.sample.value_or(1);
}

void NodeTraces::Start(TraceResource resource,
                       std::span<const std::unique_ptr<Worker>> workers,
                       const Clock& clock) {
  if (options_.endpoint.empty()) return;
  std::vector<SpanExporter::Source> sources;
  for (const std::unique_ptr<Worker>& worker : workers) {
    sources.emplace_back([asked = worker.get()](auto done) {
      asked->TakeTraces(std::move(done));
    });
  }
  exporter_ = std::make_unique<SpanExporter>(
      SpanExporterOptions{.endpoint = options_.endpoint,
                          .credentials =
                              [this] {
                                const auto identity =
                                    identity_ == nullptr ? nullptr
                                                         : identity_->Current();
                                return net::ClientCredentials(identity.get());
                              },
                          .resource = std::move(resource)},
      std::move(sources), clock, random_);
}

void NodeTraces::Poll(absl::Time wall_now) {
  if (identity_ != nullptr) identity_->Poll(wall_now);
}

void NodeTraces::Finish(std::span<const std::unique_ptr<Worker>> workers,
                        absl::Duration limit) {
  if (exporter_ == nullptr) return;
  std::vector<TraceLog::Batch> last;
  for (const std::unique_ptr<Worker>& worker : workers) {
    last.push_back(worker->LastOfTraces());
  }
  exporter_->Finish(std::move(last), limit);
  exporter_.reset();
}

TraceCounts NodeTraces::Counts() const {
  return exporter_ == nullptr ? TraceCounts() : exporter_->counts();
}

void NodeTraces::AddStatus(
    std::vector<ops::PortCertificates>& certificates) const {
  if (identity_ == nullptr) return;
  certificates.push_back(ops::CertificatesOf("otlp", *identity_));
}

}  // namespace weir::dataplane
