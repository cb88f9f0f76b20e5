// Host names to addresses.
#ifndef WEIR_COMMON_NET_RESOLVER_H_
#define WEIR_COMMON_NET_RESOLVER_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "common/net/name_cache.h"

namespace weir::net {

// One a loop, which must be run by one thread: boost::asio::use_service<>().
//
// getaddrinfo() blocks and can't be cancelled, so each look-up has a thread of
// its own while it lasts. A loop looks a name up once at a time: there are at
// most as many threads as names, and a name whose servers are silent holds up
// no other. The loop's end waits for those that are under way.
class Resolver : public boost::asio::execution_context::service {
 public:
  // Blocks; called on a thread of its own. UNAVAILABLE: no such name, or no
  // answer.
  using LookUp =
      std::function<absl::StatusOr<NameCache::Addresses>(const std::string&)>;

  // How long a last good answer waits for a better one.
  static constexpr std::chrono::milliseconds kPatience{250};

  // What use_service() finds this by.
  static boost::asio::execution_context::id id;

  explicit Resolver(boost::asio::execution_context& context);
  // For tests, by make_service(). `now` is called on the loop.
  Resolver(boost::asio::execution_context& context, LookUp look_up,
           std::function<NameCache::Time()> now);

  // Addresses of `host`, at most NameCache::kMaxAddresses, in the system
  // resolver's order; a literal address is itself. What was found less than
  // NameCache::kFresh ago is not asked for again. Where nothing better comes in
  // kPatience, or the look-up fails, what was last found is used, for
  // NameCache::kLastGood. Can be cancelled at any time. UNAVAILABLE: nothing
  // was found, now or lately.
  boost::asio::awaitable<
      absl::StatusOr<std::vector<boost::asio::ip::tcp::endpoint>>>
  Resolve(std::string host, std::uint16_t port);

 private:
  // Shared by those who wait for it.
  struct Question;
  struct UnderWay {
    std::shared_ptr<Question> question;
    std::thread thread;
  };

  void shutdown() override;
  std::shared_ptr<Question> Ask(const std::string& host,
                                const boost::asio::any_io_executor& executor);
  void OnAnswer(const std::string& host,
                absl::StatusOr<NameCache::Addresses> addresses);
  // Until the answer is there, or the caller is cancelled.
  static boost::asio::awaitable<absl::Status> Wait(
      std::shared_ptr<Question> question);

  const LookUp look_up_;
  const std::function<NameCache::Time()> now_;
  NameCache cache_;
  std::map<std::string, UnderWay> under_way_;
};

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_RESOLVER_H_
