#include "common/net/tls.h"

#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace weir::net {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

struct TlsSessionCache::Slot {
  struct Free {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };
  using Session = std::unique_ptr<SSL_SESSION, Free>;

  std::shared_ptr<ssl::context> context;
  std::string server_name;
  Session session;

  // Connections carry a shared_ptr<Slot> of their own in OpenSSL's extra data.
  static int ExtraDataIndex() {
    static const int index = SSL_get_ex_new_index(
        0, nullptr, nullptr, nullptr,
        [](void*, void* data, CRYPTO_EX_DATA*, int, long, void*) {
          delete static_cast<std::shared_ptr<Slot>*>(data);
        });
    return index;
  }

  // OpenSSL's "new session" callback. Keeps a copy: OpenSSL spoils the original
  // when its connection is freed without close_notify, which Transport::Close()
  // does not send.
  static int Keep(SSL* connection, SSL_SESSION* session) {
    const auto* slot = static_cast<std::shared_ptr<Slot>*>(
        SSL_get_ex_data(connection, ExtraDataIndex()));
    if (slot != nullptr && SSL_SESSION_is_resumable(session) == 1) {
      (*slot)->session.reset(SSL_SESSION_dup(session));
    }
    return 0;  // OpenSSL's reference stays OpenSSL's.
  }

  // False when OpenSSL has no memory.
  static bool Attach(SSL* connection, const std::shared_ptr<Slot>& slot) {
    auto owned = std::make_unique<std::shared_ptr<Slot>>(slot);
    if (SSL_set_ex_data(connection, ExtraDataIndex(), owned.get()) != 1) {
      return false;
    }
    owned.release();  // The connection frees it.
    if (slot->session == nullptr) return true;
    // A copy again, for the same reason.
    const Session offered(SSL_SESSION_dup(slot->session.get()));
    return offered && SSL_set_session(connection, offered.get()) == 1;
  }
};

TlsSessionCache::TlsSessionCache() : slot_(std::make_shared<Slot>()) {}
TlsSessionCache::~TlsSessionCache() = default;

void TlsSessionCache::Forget() { slot_->session.reset(); }

absl::StatusOr<std::shared_ptr<ssl::context>> MakeClientContext(
    const std::string& ca_file) {
  error_code error;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX* const native = context->native_handle();
  if (ca_file.empty()) {
    context->set_default_verify_paths(error);
  } else {
    context->load_verify_file(ca_file, error);
  }
  if (error) {
    return absl::FailedPreconditionError(
        "can't read certificate authorities from " +
        (ca_file.empty() ? "the system" : ca_file) + ": " + error.message());
  }
  context->set_verify_mode(ssl::verify_peer, error);
  if (error || SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) != 1) {
    return absl::InternalError("OpenSSL refuses TLS 1.2 with verification");
  }
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION);
  // Sessions are kept by TlsSessionCache, one a peer, and not by OpenSSL.
  SSL_CTX_set_session_cache_mode(
      native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(native, TlsSessionCache::Slot::Keep);
  return context;
}

absl::Status PrepareClient(SSL* connection,
                           std::shared_ptr<ssl::context> context,
                           const std::string& server_name,
                           TlsSessionCache* sessions) {
  X509_VERIFY_PARAM* const verify = SSL_get0_param(connection);
  X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  error_code not_an_address;
  boost::asio::ip::make_address(server_name, not_an_address);
  // RFC 6066: SNI holds names only.
  const bool ready =
      not_an_address
          ? X509_VERIFY_PARAM_set1_host(verify, server_name.data(),
                                        server_name.size()) == 1 &&
                SSL_set_tlsext_host_name(connection, server_name.c_str()) == 1
          : X509_VERIFY_PARAM_set1_ip_asc(verify, server_name.c_str()) == 1;
  if (!ready) {
    return absl::InternalError("OpenSSL refuses the server name " +
                               server_name);
  }
  if (sessions == nullptr) return absl::OkStatus();
  auto& slot = sessions->slot_;
  if (slot->context != context || slot->server_name != server_name) {
    // A new slot: connections of the old kind go on filling the old one.
    slot = std::make_shared<TlsSessionCache::Slot>();
    slot->context = std::move(context);
    slot->server_name = server_name;
  }
  if (!TlsSessionCache::Slot::Attach(connection, slot)) {
    return absl::InternalError("OpenSSL can't resume a session");
  }
  return absl::OkStatus();
}

std::string DescribeHandshakeFailure(SSL* connection,
                                     const std::string& fallback) {
  const long verdict = SSL_get_verify_result(connection);
  if (verdict == X509_V_OK) return fallback;
  return X509_verify_cert_error_string(verdict);
}

}  // namespace weir::net
