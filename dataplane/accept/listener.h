// Accepts client connections for one worker.
#ifndef WEIR_DATAPLANE_ACCEPT_LISTENER_H_
#define WEIR_DATAPLANE_ACCEPT_LISTENER_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "dataplane/io/reactor.h"

namespace weir::dataplane {

// Each worker has one on the same port (SO_REUSEPORT), so the kernel spreads
// connections and no lock is shared.
//
// Without descriptors it pauses and goes on when there are some again; the
// connections wait in the kernel's queue. Not thread-safe.
class Listener final : private io::Reactor::Listener {
 public:
  // `on_accept` gets every connection; it refuses by dropping it.
  Listener(boost::asio::io_context& context,
           std::function<void(boost::asio::ip::tcp::socket)> on_accept);
  ~Listener() { Stop(); }

  // Binds and begins to accept. Returns the address it listens on.
  absl::StatusOr<std::string> Start(const std::string& listen_address);
  // What waits in the kernel's queue is refused by it. May be called again.
  void Stop();

 private:
  void OnReady(std::uint32_t events) override;
  // Whether there may be another one.
  bool AcceptOne();
  void Pause();

  boost::asio::io_context& context_;
  io::Reactor& reactor_;
  const std::function<void(boost::asio::ip::tcp::socket)> on_accept_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::ip::tcp protocol_ = boost::asio::ip::tcp::v4();
  boost::asio::steady_timer pause_;
  bool paused_ = false;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ACCEPT_LISTENER_H_
