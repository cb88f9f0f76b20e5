#include "common/net/grpc_security.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/slice.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/string_ref.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/tls_front/peer.h"

namespace weir::net {
namespace {

using tls_front::kPeerHeader;
using tls_front::ParsePeer;
using tls_front::Peer;
using Authorize = std::function<absl::Status(const GrpcCall&)>;

std::string_view View(const grpc_slice& slice) {
  return {reinterpret_cast<const char*>(GRPC_SLICE_START_PTR(slice)),
          GRPC_SLICE_LENGTH(slice)};
}

std::string_view View(grpc::string_ref text) {
  return {text.data(), text.size()};
}

// The front's own header is the last of each call. One that has another has
// tried to be somebody else.
absl::StatusOr<GrpcCall> ReadCall(const grpc_metadata* headers,
                                  std::size_t count) {
  GrpcCall call;
  std::optional<Peer> peer;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view key = View(headers[i].key);
    if (key == ":path") call.method = View(headers[i].value);
    if (key == "authorization") call.authorization = View(headers[i].value);
    if (key == kRelayedHeader) call.relayed_for = View(headers[i].value);
    if (key != kPeerHeader) continue;
    if (peer.has_value()) {
      return absl::UnauthenticatedError(
          "weir-peer is not for callers to send; who calls is in their "
          "certificate");
    }
    peer = ParsePeer(View(headers[i].value));
    if (!peer.has_value()) break;
  }
  if (!peer.has_value()) {
    return absl::UnauthenticatedError("nobody says who calls");
  }
  call.certificate = std::move(peer->certificate);
  return call;
}

void Process(void* authorize, grpc_auth_context*, const grpc_metadata* headers,
             std::size_t count, grpc_process_auth_metadata_done_cb done,
             void* user_data) {
  const absl::StatusOr<GrpcCall> call = ReadCall(headers, count);
  const absl::Status decision =
      call.ok() ? (*static_cast<const Authorize*>(authorize))(*call)
                : call.status();
  const std::string why(decision.message());
  done(user_data, nullptr, 0, nullptr, 0,
       static_cast<grpc_status_code>(decision.code()), why.c_str());
}

// gRPC's plain text, through its C interface: that of C++ takes a decision on
// calls for no credentials but those of its own TLS.
class FrontedCredentials final : public grpc::ServerCredentials {
 public:
  explicit FrontedCredentials(Authorize authorize)
      : credentials_(grpc_insecure_server_credentials_create()) {
    grpc_server_credentials_set_auth_metadata_processor(
        credentials_,
        {Process, [](void* self) { delete static_cast<Authorize*>(self); },
         new Authorize(std::move(authorize))});
  }
  ~FrontedCredentials() override {
    grpc_server_credentials_release(credentials_);
  }

  // Ours is set already, and there can be only one.
  void SetAuthMetadataProcessor(
      const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address,
                      grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  grpc_server_credentials* credentials_;
};

// What the front said. Absent where the call came over TCP, whatever it says
// itself: no front is before a port in plain text, and behind one all calls
// come over sockets of the machine.
std::optional<Peer> FrontedPeer(const grpc::ServerContextBase& context) {
  if (!context.peer().starts_with("unix:")) return std::nullopt;
  const auto [first, last] = context.client_metadata().equal_range(
      grpc::string_ref(kPeerHeader.data(), kPeerHeader.size()));
  if (first == last || std::next(first) != last) return std::nullopt;
  return ParsePeer(View(first->second));
}

}  // namespace

GrpcCall CallOf(const grpc::ServerContextBase& context) {
  GrpcCall call;
  const auto header = [&context](const char* name) {
    const auto found = context.client_metadata().find(name);
    return found == context.client_metadata().end() ? std::string_view()
                                                    : View(found->second);
  };
  call.authorization = header("authorization");
  call.relayed_for = header(kRelayedHeader);
  if (std::optional<Peer> peer = FrontedPeer(context)) {
    call.certificate = std::move(peer->certificate);
  }
  return call;
}

std::string PeerAddressOf(const grpc::ServerContextBase& context) {
  const std::optional<Peer> peer = FrontedPeer(context);
  return peer.has_value() ? peer->address : context.peer();
}

std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(
    std::function<absl::Status(const GrpcCall&)> authorize) {
  return std::make_shared<FrontedCredentials>(std::move(authorize));
}

}  // namespace weir::net
