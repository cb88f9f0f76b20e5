// What host names led to lately.
#ifndef WEIR_COMMON_NET_NAME_CACHE_H_
#define WEIR_COMMON_NET_NAME_CACHE_H_

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace weir::net {

// Keeps answers beyond their time, so that a name server's outage is no
// provider's. As large as the number of names that are asked for in an hour,
// and those come from the configuration.
//
// Not thread-safe. Pure, but for what it remembers.
class NameCache {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Addresses = std::vector<boost::asio::ip::address>;

  // Younger answers are used without a question. The system's resolver tells
  // no time to live; this is the shortest one in use for moving a service.
  static constexpr std::chrono::seconds kFresh{10};
  // Older ones are forgotten.
  static constexpr std::chrono::hours kLastGood{1};
  // Nobody tries more; a name server can send a thousand.
  static constexpr std::size_t kMaxAddresses = 16;

  // An hour of `host` at most; null: nothing is known.
  const Addresses* LastGood(const std::string& host, Time now) const;
  // The same, as far as it need not be asked for again.
  const Addresses* Fresh(const std::string& host, Time now) const;

  // `addresses`: not empty, in the resolver's order.
  void Store(const std::string& host, Addresses addresses, Time now);

 private:
  struct Answer {
    Addresses addresses;
    Time at;
  };

  const Addresses* YoungerThan(std::chrono::seconds age,
                               const std::string& host, Time now) const;

  std::map<std::string, Answer> answers_;
};

}  // namespace weir::net

#endif  // WEIR_COMMON_NET_NAME_CACHE_H_
