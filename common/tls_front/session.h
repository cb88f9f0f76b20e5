// A TLS connection whose handshake is done.
#ifndef WEIR_COMMON_TLS_FRONT_SESSION_H_
#define WEIR_COMMON_TLS_FRONT_SESSION_H_

#include <cstddef>
#include <memory>
#include <string_view>

#include "common/tls/openssl.h"
#include "common/tls_front/record_keys.h"

namespace weir::tls_front {

using SslPtr = std::unique_ptr<SSL, tls::FreeBy<SSL_free>>;

// On a socket that does not block and is its owner's. Not thread-safe.
class Session {
 public:
  enum class State {
    kDone,
    // Nothing has come yet.
    kNothing,
    // The peer says no more.
    kEnded,
    // Nothing more can be read or sent.
    kBroken,
  };
  struct Read {
    State state;
    // Of kDone; may be 0.
    std::size_t size;
  };

  virtual ~Session() = default;

  // Into `out`, which has room for kMaxCiphertext bytes.
  virtual Read ReadSome(char* out) = 0;
  // There may be more to read than the socket knows of.
  virtual bool pending() const = 0;

  // Takes all of `text`; what can't go out yet is unsent. kDone or kBroken.
  // REQUIRES: at most kMaxPlaintext bytes, and nothing is unsent.
  virtual State Write(std::string_view text) = 0;
  // Once the socket may be written to again.
  virtual State Flush() = 0;
  virtual bool unsent() const = 0;

  // Says that this was all, where that can be said at once.
  virtual void Close() = 0;
};

// All that OpenSSL keeps stays; 20 kB.
std::unique_ptr<Session> MakeSslSession(SslPtr ssl);

// TLS 1.3 from its first record behind the handshake on, with nothing but the
// keys of both ways (RFC 8446, 5 and 4.6.3); half a kilobyte.
std::unique_ptr<Session> MakeRecordSession(int fd, const RecordKeys& incoming,
                                           const RecordKeys& outgoing);

}  // namespace weir::tls_front

#endif  // WEIR_COMMON_TLS_FRONT_SESSION_H_
