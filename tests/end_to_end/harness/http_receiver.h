// An HTTP server that keeps what is posted to it.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_HTTP_RECEIVER_H_
#define WEIR_TESTS_END_TO_END_HARNESS_HTTP_RECEIVER_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <thread>
#include <vector>

#include "common/mutex.h"

namespace weir::testing {

// Answers every POST with 202, as PagerDuty does. Runs from construction to
// destruction, on a port that the system chooses.
//
// Thread safety: every method may be called from any thread.
class HttpReceiver {
 public:
  struct Received {
    std::string target;
    // Of `Authorization`; empty where there is none.
    std::string authorization;
    std::string body;
  };

  HttpReceiver();
  ~HttpReceiver();

  // http://host:port, without a path.
  std::string url() const;
  // What has come until now, in its order.
  std::vector<Received> received() const;

 private:
  boost::asio::awaitable<void> Accept();
  boost::asio::awaitable<void> Serve(boost::asio::ip::tcp::socket socket);

  boost::asio::io_context loop_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  mutable Mutex mutex_;
  std::vector<Received> received_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_HTTP_RECEIVER_H_
