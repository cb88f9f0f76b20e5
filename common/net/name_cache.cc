#include "common/net/name_cache.h"

#include <map>
#include <string>
#include <utility>

namespace weir::net {

const NameCache::Addresses* NameCache::YoungerThan(std::chrono::seconds age,
                                                   const std::string& host,
                                                   Time now) const {
  const auto found = answers_.find(host);
  if (found == answers_.end() || now - found->second.at >= age) return nullptr;
  return &found->second.addresses;
}

const NameCache::Addresses* NameCache::LastGood(const std::string& host,
                                                Time now) const {
  return YoungerThan(kLastGood, host, now);
}

const NameCache::Addresses* NameCache::Fresh(const std::string& host,
                                             Time now) const {
  return YoungerThan(kFresh, host, now);
}

void NameCache::Store(const std::string& host, Addresses addresses, Time now) {
  std::erase_if(answers_, [now](const auto& known) {
    return now - known.second.at >= kLastGood;
  });
  if (addresses.size() > kMaxAddresses) addresses.resize(kMaxAddresses);
  answers_.insert_or_assign(host, Answer{std::move(addresses), now});
}

}  // namespace weir::net
