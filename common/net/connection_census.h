// How many of the sockets that were given away are still open.
#ifndef WEIR_COMMON_NET_CONNECTION_CENSUS_H_
#define WEIR_COMMON_NET_CONNECTION_CENSUS_H_

#include <sys/types.h>

#include <cstddef>
#include <vector>

namespace weir::net {

// gRPC does not say when it closes a socket that it was handed, so they are
// counted by looking: a descriptor is still the same socket while it has the
// inode that it had, for the kernel gives each socket a number of its own.
//
// Not thread-safe.
class ConnectionCensus {
 public:
  // `fd` is an open socket that somebody else will close.
  void Add(int fd);

  // Drops those that were closed since and returns how many are left; a system
  // call each.
  std::size_t Recount();

  // As of the last Recount(), and what was added since.
  std::size_t count() const { return sockets_.size(); }

 private:
  struct Socket {
    int fd;
    ino_t inode;
  };

  std::vector<Socket> sockets_;
};

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_CONNECTION_CENSUS_H_
