#include "dataplane/node_tls.h"

#include <grpcpp/security/credentials.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/net/grpc_channel.h"
#include "common/net/plaintext.h"
#include "common/ops/certificate_metrics.h"
#include "common/tls/identity.h"
#include "common/tls/identity_watch.h"
#include "common/tls/server_context.h"

namespace weir::dataplane {
namespace {

// Null where there are no files.
absl::StatusOr<std::unique_ptr<tls::IdentityWatch>> OpenAny(
    const tls::IdentityFiles& files, absl::Time wall_now) {
  if (files.none()) return nullptr;
  return tls::IdentityWatch::Open(files, wall_now);
}

}  // namespace

absl::Status CheckNodeTls(const NodeTlsOptions& options,
                          const std::string& control_plane) {
  if (options.clients.certificate.empty() != options.clients.key.empty()) {
    return absl::FailedPreconditionError(
        "--tls-cert and --tls-key go together; give both or none");
  }
  const tls::IdentityFiles& files = options.control_plane;
  if (files.none()) {
    if (net::MayBePlain(control_plane, options.plaintext)) {
      return absl::OkStatus();
    }
    return absl::FailedPreconditionError(absl::StrCat(
        "--control-plane ", control_plane,
        ": the way there is not of this machine alone; give "
        "--control-plane-ca, --control-plane-cert and --control-plane-key "
        "(`weirctl certs init` makes some), or say --insecure"));
  }
  if (files.certificate.empty() || files.key.empty() ||
      files.authorities.empty()) {
    return absl::FailedPreconditionError(
        "--control-plane-ca, --control-plane-cert and --control-plane-key go "
        "together; give all or none");
  }
  if (options.plaintext == net::Plaintext::kAnywhere) {
    return absl::FailedPreconditionError(
        "--insecure and --control-plane-ca contradict each other; give one");
  }
  return absl::OkStatus();
}

absl::Status NodeTls::Open(const NodeTlsOptions& options,
                           const std::string& control_plane,
                           absl::Time wall_now) {
  const absl::Status checked = CheckNodeTls(options, control_plane);
  if (!checked.ok()) return checked;
  auto own = OpenAny(options.control_plane, wall_now);
  if (!own.ok()) return own.status();
  auto clients = OpenAny(options.clients, wall_now);
  if (!clients.ok()) return clients.status();
  control_plane_ = *std::move(own);
  clients_ = *std::move(clients);
  if (clients_ == nullptr) return absl::OkStatus();
  absl::StatusOr<tls::ContextPtr> context =
      tls::MakeServerContext(*clients_->Current());
  if (!context.ok()) return context.status();
  client_port_ = *std::move(context);
  return absl::OkStatus();
}

NodeTls::Change NodeTls::Poll(absl::Time wall_now) {
  using Files = tls::IdentityWatch::Change;
  if (control_plane_ != nullptr) control_plane_->Poll(wall_now);
  if (clients_ == nullptr || clients_->Poll(wall_now) != Files::kReplaced) {
    return Change::kNone;
  }
  absl::StatusOr<tls::ContextPtr> context =
      tls::MakeServerContext(*clients_->Current());
  if (!context.ok()) {
    spdlog::warn("the clients' port goes on with its old certificate: {}",
                 context.status().ToString());
    return Change::kNone;
  }
  client_port_ = *std::move(context);
  return Change::kClientPort;
}

std::shared_ptr<grpc::ChannelCredentials> NodeTls::ControlPlane() const {
  const std::shared_ptr<const tls::Identity> identity =
      control_plane_ == nullptr ? nullptr : control_plane_->Current();
  return net::ClientCredentials(identity.get());
}

std::vector<ops::PortCertificates> NodeTls::Status() const {
  std::vector<ops::PortCertificates> status;
  if (control_plane_ != nullptr) {
    status.push_back(ops::CertificatesOf("control_plane", *control_plane_));
  }
  if (clients_ != nullptr) {
    status.push_back(ops::CertificatesOf("http", *clients_));
  }
  return status;
}

}  // namespace weir::dataplane
