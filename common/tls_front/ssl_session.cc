#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/tls_front/session.h"

namespace weir::tls_front {
namespace {

class SslSession final : public Session {
 public:
  explicit SslSession(SslPtr ssl) : ssl_(std::move(ssl)) {}

  Read ReadSome(char* out) override {
    ERR_clear_error();
    const int size = SSL_read(ssl_.get(), out, static_cast<int>(kMaxPlaintext));
    if (size > 0) return {State::kDone, static_cast<std::size_t>(size)};
    switch (SSL_get_error(ssl_.get(), size)) {
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE:
        return {State::kNothing, 0};
      case SSL_ERROR_ZERO_RETURN:
        return {State::kEnded, 0};
      default:
        return {State::kBroken, 0};
    }
  }
  bool pending() const override { return SSL_has_pending(ssl_.get()) == 1; }

  State Write(std::string_view text) override {
    ERR_clear_error();
    const int sent =
        SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
    if (sent > 0) return State::kDone;
    const int error = SSL_get_error(ssl_.get(), sent);
    if (error != SSL_ERROR_WANT_WRITE && error != SSL_ERROR_WANT_READ) {
      return State::kBroken;
    }
    // It wants to see the same again.
    unsent_.assign(text);
    return State::kDone;
  }
  State Flush() override {
    std::string text;
    text.swap(unsent_);
    return text.empty() ? State::kDone : Write(text);
  }
  bool unsent() const override { return !unsent_.empty(); }

  void Close() override {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }

 private:
  SslPtr ssl_;
  std::string unsent_;
};

}  // namespace

std::unique_ptr<Session> MakeSslSession(SslPtr ssl) {
  return std::make_unique<SslSession>(std::move(ssl));
}

}  // namespace weir::tls_front
