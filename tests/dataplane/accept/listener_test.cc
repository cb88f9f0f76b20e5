#include "dataplane/accept/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

// This process can't open another descriptor while it lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &before_), 0);
    const int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(next);
    const rlimit none{static_cast<rlim_t>(next), before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

// What is logged while it lives.
class Logged {
 public:
  Logged() { sinks().push_back(sink_); }
  ~Logged() { sinks().pop_back(); }
  Logged(const Logged&) = delete;
  Logged& operator=(const Logged&) = delete;

  std::size_t Count(const std::string& words) const {
    const std::string text = text_.str();
    std::size_t count = 0;
    for (std::size_t at = text.find(words); at != std::string::npos;
         at = text.find(words, at + 1)) {
      ++count;
    }
    return count;
  }

 private:
  static std::vector<spdlog::sink_ptr>& sinks() {
    return spdlog::default_logger()->sinks();
  }

  std::ostringstream text_;
  const std::shared_ptr<spdlog::sinks::ostream_sink_mt> sink_ =
      std::make_shared<spdlog::sinks::ostream_sink_mt>(text_);
};

class ListenerTest : public ::testing::Test {
 protected:
  ListenerTest() {
    const auto address = listener_.Start("127.0.0.1:0");
    EXPECT_TRUE(address.ok()) << address.status();
    int port = 0;
    EXPECT_TRUE(
        absl::SimpleAtoi(address->substr(address->rfind(':') + 1), &port));
    to_.sin_family = AF_INET;
    to_.sin_port = htons(static_cast<std::uint16_t>(port));
    to_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // Made while there are descriptors.
    for (int i = 0; i < kClients; ++i) {
      clients_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    }
  }
  ~ListenerTest() override {
    for (const int client : clients_) close(client);
  }

  void Connect(int client) {
    EXPECT_EQ(
        connect(client, reinterpret_cast<const sockaddr*>(&to_), sizeof(to_)),
        0);
  }
  void AwaitAccepted(std::size_t connections) {
    while (accepted_.size() < connections) {
      ASSERT_GT(context_.run_one_for(std::chrono::seconds(30)), 0);
    }
  }

  static constexpr int kClients = 50;

  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
      work_{context_.get_executor()};
  std::vector<boost::asio::ip::tcp::socket> accepted_;
  Listener listener_{context_, [this](boost::asio::ip::tcp::socket socket) {
                       accepted_.push_back(std::move(socket));
                     }};
  sockaddr_in to_{};
  std::vector<int> clients_;
};

TEST_F(ListenerTest, TakesWhoeverComes) {
  for (const int client : clients_) Connect(client);
  AwaitAccepted(kClients);
}

// However many come meanwhile, it is said once a pause.
TEST_F(ListenerTest, PausesWithoutDescriptorsAndGoesOn) {
  const Logged logged;
  // UBSan opens a pipe where it first looks at an object of a type: the types
  // that are called below are met here.
  spdlog::error("before");
  boost::asio::steady_timer timer(context_, std::chrono::seconds(0));
  timer.async_wait([](boost::system::error_code) {});
  Connect(clients_[0]);
  AwaitAccepted(1);
  {
    const NoDescriptors none;
    for (int i = 1; i < kClients; ++i) {
      Connect(clients_[i]);
      while (context_.poll() > 0) {
      }
    }
    EXPECT_GE(logged.Count("cannot accept"), 1);
    // On a slow machine a pause may end among them.
    EXPECT_LT(logged.Count("cannot accept"), kClients / 2);
    EXPECT_EQ(accepted_.size(), 1);
  }
  AwaitAccepted(kClients);
}

TEST_F(ListenerTest, RefusesOnceItHasStopped) {
  listener_.Stop();
  listener_.Stop();
  EXPECT_NE(connect(clients_[0], reinterpret_cast<const sockaddr*>(&to_),
                    sizeof(to_)),
            0);
}

}  // namespace
}  // namespace weir::dataplane
