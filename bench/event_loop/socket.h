// TCP sockets that never block.
#ifndef WEIR_BENCH_EVENT_LOOP_SOCKET_H_
#define WEIR_BENCH_EVENT_LOOP_SOCKET_H_

#include <netinet/in.h>

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "bench/event_loop/file_descriptor.h"

namespace weir::bench {

// `host:port`; the host is an IPv4 address or `localhost`, which is all that a
// benchmark on loopback needs. INVALID_ARGUMENT names the text.
absl::StatusOr<sockaddr_in> ParseAddress(std::string_view text);

// Listens with SO_REUSEPORT, so that each thread can have its own socket on
// one port. Port 0: the system's choice. UNAVAILABLE says why not.
absl::StatusOr<FileDescriptor> Listen(const sockaddr_in& address);

// The port that a bound socket has.
std::uint16_t BoundPort(const FileDescriptor& socket);

// The next connection, without Nagle's delay. NOT_FOUND: none waits.
// RESOURCE_EXHAUSTED: one waits, but descriptors ran out; try again later.
absl::StatusOr<FileDescriptor> Accept(const FileDescriptor& listener);

// Begins to connect, without Nagle's delay; the socket becomes writable when
// that has ended, and ConnectError() says how. UNAVAILABLE when it can't begin.
absl::StatusOr<FileDescriptor> StartConnect(const sockaddr_in& address);
absl::Status ConnectError(const FileDescriptor& socket);

// Makes the coming close send a reset instead of an orderly end.
void ResetOnClose(const FileDescriptor& socket);

// Lets the process have as many descriptors as it may.
void RaiseDescriptorLimit();

}  // namespace weir::bench

#endif  // WEIR_BENCH_EVENT_LOOP_SOCKET_H_
