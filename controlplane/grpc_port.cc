#include "controlplane/grpc_port.h"

#include <spdlog/spdlog.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "common/clock.h"
#include "common/config/size_limit.h"
#include "common/net/grpc_channel.h"
#include "common/net/grpc_security.h"
#include "common/net/grpc_server.h"
#include "common/net/plaintext.h"
#include "common/ops/certificate_metrics.h"
#include "common/ops/metrics.h"
#include "common/tls/identity.h"
#include "common/tls/identity_watch.h"
#include "common/tls/server_context.h"
#include "common/tls_front/handshake_counts.h"
#include "controlplane/access/access_control.h"
#include "controlplane/access/token_file.h"

namespace weir::controlplane {

namespace {

// Of what a peer is called: `ipv4:127.0.0.1:4711`, `ipv6:[::1]:4711`, with gRPC
// `ipv6:%5B::1%5D:4711`; what
// it is is left as it stands where it is neither.
std::string HostOf(std::string_view peer) {
  std::string_view host = peer;
  for (const std::string_view scheme : {"ipv4:", "ipv6:"}) {
    if (!peer.starts_with(scheme)) continue;
    host.remove_prefix(scheme.size());
    host = host.substr(0, host.rfind(':'));
    return absl::StrReplaceAll(
        absl::string_view(host.data(), host.size()),
        {{"%5B", ""}, {"%5D", ""}, {"[", ""}, {"]", ""}});
  }
  return std::string(host);
}

using tls_front::HandshakeCounts;

void AddHandshakes(const HandshakeCounts::Counts& counts,
                   ops::MetricPage& page) {
  constexpr char kName[] = "weir_grpc_handshakes_total";
  constexpr char kHelp[] =
      "TLS handshakes of the gRPC port: succeeded, or why they did not";
  page.Counter(kName, kHelp, {{"outcome", "succeeded"}},
               static_cast<double>(counts.succeeded));
  for (std::size_t i = 0; i < tls_front::kRefusals; ++i) {
    page.Counter(kName, kHelp,
                 {{"outcome",
                   tls_front::RefusalName(static_cast<tls_front::Refusal>(i))}},
                 static_cast<double>(counts.refused[i]));
  }
}

}  // namespace

absl::Status CheckGrpcPort(const GrpcPortOptions& options) {
  const tls::IdentityFiles& files = options.tls;
  if (files.none()) {
    if (!options.token_file.empty()) {
      return absl::InvalidArgumentError(
          "--token-file: tokens travel over TLS only; give --tls-cert, "
          "--tls-key and --tls-client-ca too");
    }
    if (!options.tls_peer_name.empty()) {
      return absl::InvalidArgumentError(
          "--tls-peer-name: certificates are shown over TLS only; give "
          "--tls-cert, --tls-key and --tls-client-ca too");
    }
    if (net::MayBePlain(options.listen, options.plaintext)) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "--grpc-listen ", options.listen,
        ": whoever reaches it could change everything; give --tls-cert, "
        "--tls-key and --tls-client-ca (`weirctl certs init` makes some), "
        "listen on 127.0.0.1, or say --insecure"));
  }
  if (options.plaintext == net::Plaintext::kAnywhere) {
    return absl::InvalidArgumentError(
        "--insecure and --tls-cert contradict each other; give one");
  }
  for (const auto& [flag, file] :
       {std::pair("--tls-cert", &files.certificate),
        std::pair("--tls-key", &files.key),
        std::pair("--tls-client-ca", &files.authorities)}) {
    if (!file->empty()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(flag,
                     " is missing; --tls-cert, --tls-key and "
                     "--tls-client-ca go together"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<GrpcPort>> GrpcPort::Open(
    GrpcPortOptions options, const Clock& clock) {
  if (absl::Status fine = CheckGrpcPort(options); !fine.ok()) return fine;
  std::unique_ptr<GrpcPort> port(new GrpcPort(std::move(options), clock));
  if (port->options_.tls.none()) {
    spdlog::info("gRPC on {} is plain text: whoever reaches it is an admin",
                 port->options_.listen);
    return port;
  }
  if (absl::Status fine = port->OpenFiles(); !fine.ok()) return fine;
  return port;
}

absl::Status GrpcPort::OpenFiles() {
  absl::StatusOr<std::unique_ptr<tls::IdentityWatch>> identity =
      tls::IdentityWatch::Open(options_.tls, clock_.WallNow());
  if (!identity.ok()) return identity.status();
  identity_ = *std::move(identity);
  if (!options_.token_file.empty()) {
    absl::StatusOr<std::unique_ptr<TokenFile>> tokens =
        TokenFile::Open(options_.token_file);
    if (!tokens.ok()) return tokens.status();
    tokens_ = *std::move(tokens);
  }
  access_ = std::make_shared<AccessControl>(tokens_, clock_);
  return absl::OkStatus();
}

net::GrpcSecurity GrpcPort::Security() const {
  using tls::ClientCertificate;
  return {identity_,
          // Who has no certificate is kept out of gRPC where nobody may be
          // without.
          tokens_ == nullptr ? ClientCertificate::kRequired
                             : ClientCertificate::kOptional,
          [access = access_](const net::GrpcCall& call) {
            return access->Authorize(call);
          }};
}

absl::Status GrpcPort::Serve(net::GrpcServerOptions server) {
  server.listen_address = options_.listen;
  server.max_connections = 2 * options_.max_nodes;
  server.max_receive_bytes = config::kMaxMessageBytes;
  if (identity_ != nullptr) server.security = Security();
  absl::StatusOr<std::unique_ptr<net::GrpcServer>> started =
      net::GrpcServer::Start(std::move(server));
  if (!started.ok()) return started.status();
  server_ = *std::move(started);
  return absl::OkStatus();
}

std::shared_ptr<grpc::ChannelCredentials> GrpcPort::ClientCredentials() {
  const std::shared_ptr<const tls::Identity> identity =
      identity_ == nullptr ? nullptr : identity_->Current();
  MutexLock lock(&mutex_);
  if (client_ == nullptr || identity != client_identity_) {
    client_ = net::ClientCredentials(identity.get());
    client_identity_ = identity;
  }
  return client_;
}

Actor GrpcPort::WhoCalls(const grpc::ServerContextBase& context) const {
  const net::GrpcCall call = net::CallOf(context);
  if (access_ != nullptr) return access_->ActorOf(call);
  if (!call.relayed_for.empty()) return ParseActor(call.relayed_for);
  return {absl::StrCat("peer ", HostOf(net::PeerAddressOf(context))), "admin"};
}

void GrpcPort::Poll() {
  if (identity_ != nullptr) identity_->Poll(clock_.WallNow());
  if (tokens_ != nullptr) tokens_->Poll();
}

std::vector<std::string> GrpcPort::problems() const {
  std::vector<std::string> problems;
  const auto add = [&](std::string problem) {
    if (problem.empty()) return;
    problems.push_back(
        absl::StrCat(problem, " (what was read before is still in use)"));
  };
  if (identity_ != nullptr) add(identity_->problem());
  if (tokens_ != nullptr) add(tokens_->problem());
  return problems;
}

void GrpcPort::AddMetrics(ops::MetricPage& page) const {
  if (identity_ == nullptr) return;
  if (server_ != nullptr) AddHandshakes(*server_->handshakes(), page);
  ops::AddCertificateMetrics(ops::CertificatesOf("grpc", *identity_), page);
  const AccessControl::Counts refused = access_->counts();
  constexpr char kRefused[] = "weir_grpc_calls_refused_total";
  constexpr char kHelp[] =
      "Calls of the gRPC port that were refused: unauthenticated (neither "
      "certificate nor known token) or forbidden (without the role)";
  page.Counter(kRefused, kHelp, {{"reason", "unauthenticated"}},
               static_cast<double>(refused.unauthenticated));
  page.Counter(kRefused, kHelp, {{"reason", "forbidden"}},
               static_cast<double>(refused.forbidden));
  if (tokens_ == nullptr) return;
  const TokenFile::Counts reloads = tokens_->counts();
  constexpr char kReloads[] = "weir_token_file_reloads_total";
  constexpr char kReloadsHelp[] =
      "Changes of the file of tokens, taken up or refused";
  page.Counter(kReloads, kReloadsHelp, {{"outcome", "replaced"}},
               static_cast<double>(reloads.replaced));
  page.Counter(kReloads, kReloadsHelp, {{"outcome", "refused"}},
               static_cast<double>(reloads.refused));
}

}  // namespace weir::controlplane
