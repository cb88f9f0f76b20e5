// A client's TCP connection, for tests that mind its bytes.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_SOCKET_H_
#define WEIR_TESTS_END_TO_END_HARNESS_SOCKET_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace weir::testing {

// Blocking; closed with this. Not thread-safe.
class Socket {
 public:
  Socket();
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // What the kernel takes in for a reader that reads nothing, in bytes; it
  // takes twice as much. Before Connect().
  void LimitReceiveBuffer(int bytes) const;
  // To host:port. UNAVAILABLE when nobody listens there.
  absl::Status Connect(const std::string& address) const;

  // Ends early when the server closes first: it may refuse what is half sent.
  void Write(const std::string& bytes) const;
  // Appends what comes; whether the connection goes on.
  bool Read(std::string& bytes) const;
  // Whether a Read() would return within `limit`.
  bool Readable(absl::Duration limit) const;

 private:
  const int fd_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_SOCKET_H_
