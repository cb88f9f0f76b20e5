#include "common/net/grpc_security.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/grpc_security_constants.h>
#include <grpc/slice.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/string_ref.h>
#include <openssl/ssl.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "common/mutex.h"
#include "common/tls/identity.h"
#include "common/tls/identity_watch.h"

namespace weir::net {
namespace {

std::string_view View(const grpc_slice& slice) {
  return {reinterpret_cast<const char*>(GRPC_SLICE_START_PTR(slice)),
          GRPC_SLICE_LENGTH(slice)};
}

template <typename Take>
void ForEachProperty(const grpc_auth_context* peer, const char* name,
                     const Take& take) {
  grpc_auth_property_iterator at =
      grpc_auth_context_find_properties_by_name(peer, name);
  while (const grpc_auth_property* property =
             grpc_auth_property_iterator_next(&at)) {
    take(std::string_view(property->value, property->value_length));
  }
}

GrpcCall ReadCall(const grpc_auth_context* peer, const grpc_metadata* headers,
                  std::size_t count) {
  GrpcCall call;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view key = View(headers[i].key);
    if (key == ":path") call.method = View(headers[i].value);
    if (key == "authorization") call.authorization = View(headers[i].value);
    if (key == kRelayedHeader) call.relayed_for = View(headers[i].value);
  }
  if (grpc_auth_context_peer_is_authenticated(peer) == 0) return call;
  GrpcCall::Certificate& certificate = call.certificate.emplace();
  ForEachProperty(peer, GRPC_X509_CN_PROPERTY_NAME, [&](std::string_view name) {
    certificate.common_name = name;
  });
  ForEachProperty(peer, GRPC_PEER_URI_PROPERTY_NAME, [&](std::string_view uri) {
    certificate.uris.push_back(uri);
  });
  return call;
}

// What gRPC calls back; lives as long as its credentials do.
class Callbacks {
 public:
  explicit Callbacks(GrpcSecurity security) : security_(std::move(security)) {}

  grpc_ssl_certificate_config_reload_status Fetch(
      grpc_ssl_server_certificate_config** config) {
    std::shared_ptr<const tls::Identity> identity =
        security_.identity->Current();
    MutexLock lock(&mutex_);
    if (identity == given_) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    const std::string key(identity->private_key.Reveal());
    const grpc_ssl_pem_key_cert_pair pair{key.c_str(),
                                          identity->certificate_chain.c_str()};
    *config = grpc_ssl_server_certificate_config_create(
        identity->authorities.c_str(), &pair, 1);
    given_ = std::move(identity);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  absl::Status Authorize(const GrpcCall& call) const {
    return security_.authorize(call);
  }

 private:
  const GrpcSecurity security_;
  Mutex mutex_;
  // What gRPC has by now.
  std::shared_ptr<const tls::Identity> given_ ABSL_GUARDED_BY(mutex_);
};

void Process(void* callbacks, grpc_auth_context* peer,
             const grpc_metadata* headers, std::size_t count,
             grpc_process_auth_metadata_done_cb done, void* user_data) {
  const absl::Status decision = static_cast<Callbacks*>(callbacks)->Authorize(
      ReadCall(peer, headers, count));
  const std::string why(decision.message());
  done(user_data, nullptr, 0, nullptr, 0,
       static_cast<grpc_status_code>(decision.code()), why.c_str());
}

// Connections are idle nearly always. gRPC makes OpenSSL's contexts where
// nobody sees them and has no word for it; but OpenSSL tells of each that is
// made.
void ReleaseIdleBuffers() {
  static const int kTold = SSL_CTX_get_ex_new_index(
      0, nullptr,
      [](void* context, void*, CRYPTO_EX_DATA*, int, long, void*) {
        SSL_CTX_set_mode(static_cast<SSL_CTX*>(context),
                         SSL_MODE_RELEASE_BUFFERS);
      },
      nullptr, nullptr);
  (void)kTold;
}

// Through gRPC's C interface, the only one whose certificates can be replaced
// by others that were checked before: what C++ has reads the files itself, and
// serves nobody after a pair that does not fit.
class ReloadingCredentials final : public grpc::ServerCredentials {
 public:
  explicit ReloadingCredentials(GrpcSecurity security) {
    ReleaseIdleBuffers();
    const auto request =
        security.client_certificate ==
                GrpcSecurity::ClientCertificate::kRequired
            ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
            : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY;
    auto callbacks = std::make_unique<Callbacks>(std::move(security));
    credentials_ = grpc_ssl_server_credentials_create_with_options(
        grpc_ssl_server_credentials_create_options_using_config_fetcher(
            request,
            [](void* self, grpc_ssl_server_certificate_config** config) {
              return static_cast<Callbacks*>(self)->Fetch(config);
            },
            callbacks.get()));
    grpc_server_credentials_set_auth_metadata_processor(
        credentials_,
        {Process, [](void* self) { delete static_cast<Callbacks*>(self); },
         callbacks.release()});
  }
  ~ReloadingCredentials() override {
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

std::string_view View(grpc::string_ref text) {
  return {text.data(), text.size()};
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
  const std::shared_ptr<const grpc::AuthContext> peer = context.auth_context();
  if (peer == nullptr || !peer->IsPeerAuthenticated()) return call;
  GrpcCall::Certificate& certificate = call.certificate.emplace();
  for (const auto& name :
       peer->FindPropertyValues(GRPC_X509_CN_PROPERTY_NAME)) {
    certificate.common_name = View(name);
  }
  for (const auto& uri :
       peer->FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME)) {
    certificate.uris.push_back(View(uri));
  }
  return call;
}

std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(
    GrpcSecurity security) {
  return std::make_shared<ReloadingCredentials>(std::move(security));
}

}  // namespace weir::net
