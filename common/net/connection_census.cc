#include "common/net/connection_census.h"

#include <sys/stat.h>

#include <optional>

namespace weir::net {
namespace {

std::optional<ino_t> InodeOf(int fd) {
  struct stat file {};
  if (fstat(fd, &file) != 0 || !S_ISSOCK(file.st_mode)) return std::nullopt;
  return file.st_ino;
}

}  // namespace

void ConnectionCensus::Add(int fd) {
  if (std::optional<ino_t> inode = InodeOf(fd)) {
    sockets_.push_back({fd, *inode});
  }
}

std::size_t ConnectionCensus::Recount() {
  std::erase_if(sockets_, [](const Socket& socket) {
    return InodeOf(socket.fd) != socket.inode;
  });
  return sockets_.size();
}

}  // namespace weir::net
