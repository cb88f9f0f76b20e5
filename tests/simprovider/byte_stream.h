// The bytes of a connection, in the clear or over TLS. Never blocks.
#ifndef WEIR_TESTS_SIMPROVIDER_BYTE_STREAM_H_
#define WEIR_TESTS_SIMPROVIDER_BYTE_STREAM_H_

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "bench/event_loop/file_descriptor.h"

namespace weir::simprovider {

struct FreeSslContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeSslContext>;

// A server's context from PEM files. INVALID_ARGUMENT names the file that is
// of no use.
absl::StatusOr<TlsContext> MakeTlsContext(const std::string& certificate_file,
                                          const std::string& key_file);

class ByteStream {
 public:
  enum class State { kOpen, kWouldBlock, kEnded };
  struct Result {
    State state;
    std::size_t bytes;  // Zero unless kOpen.
    bool more = true;   // Whether trying again may give more at once.
  };

  // `tls`: null for a connection in the clear.
  ByteStream(bench::FileDescriptor socket, SSL_CTX* tls);

  Result Read(absl::Span<char> room);
  Result Write(std::string_view bytes);
  // No more from us; the peer may still send.
  void ShutDownSending();
  // Nothing more in either direction, by RST.
  void Reset();

  const bench::FileDescriptor& socket() const { return socket_; }

 private:
  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  Result TlsResult(int done);

  bench::FileDescriptor socket_;
  std::unique_ptr<SSL, FreeSsl> tls_;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_BYTE_STREAM_H_
