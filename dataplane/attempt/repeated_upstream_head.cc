#include "dataplane/attempt/repeated_upstream_head.h"

#include <charconv>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "dataplane/attempt/upstream_head.h"
#include "dataplane/http1/head.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {
namespace {

// Whether these are one and the same, rather than equal.
bool SamePlace(std::string_view one, std::string_view other) {
  return one.data() == other.data() && one.size() == other.size();
}

}  // namespace

RepeatedUpstreamHead::Last& RepeatedUpstreamHead::Room() {
  if (last_ == nullptr) last_ = std::make_unique<Last>();
  return *last_;
}

void RepeatedUpstreamHead::Write(const Request& request,
                                 std::string_view upstream_path,
                                 const ProviderEntry& provider,
                                 const TargetEntry* target,
                                 const OwnParts& own) {
  Last& last = Room();
  const std::string_view id = request.id.text();
  if (IsRepeated(request, upstream_path, provider, target, own) &&
      Replace(own.body_bytes, id, last)) {
    return;
  }
  last.length = WriteUpstreamHead(request, upstream_path, provider, target, own,
                                  last.text);
  // The place in a trace is each request's own.
  last.serial = request.trace.has_value() ? 0 : request.head->serial;
  last.config = request.snapshot->config;
  last.provider = &provider;
  last.target = target;
  last.upstream_path = upstream_path;
  last.credential = own.credential;
  last.body_bytes = own.body_bytes;
  last.request_id_size = id.size();
}

void RepeatedUpstreamHead::WriteForeign(const Request& request,
                                        const ProviderEntry& provider,
                                        const TargetEntry& target,
                                        const OwnParts& own) {
  Last& last = Room();
  last.serial = 0;
  WriteForeignHead(request, provider, target, own, last.text);
}

bool RepeatedUpstreamHead::IsRepeated(const Request& request,
                                      std::string_view upstream_path,
                                      const ProviderEntry& provider,
                                      const TargetEntry* target,
                                      const OwnParts& own) const {
  const Last& last = *last_;
  if (last.serial == 0 || last.serial != request.head->serial) return false;
  const auto& config = request.snapshot->config;
  const bool same_config =
      !last.config.owner_before(config) && !config.owner_before(last.config);
  return same_config && &provider == last.provider && target == last.target &&
         SamePlace(upstream_path, last.upstream_path) &&
         SamePlace(own.credential, last.credential) &&
         !request.trace.has_value();
}

bool RepeatedUpstreamHead::Replace(std::size_t body_bytes,
                                   std::string_view request_id, Last& last) {
  if (request_id.size() != last.request_id_size) return false;
  if (last.length.digits > 0 && body_bytes != last.body_bytes) {
    char* const begin = last.text.data() + last.length.begin;
    char* const end = begin + last.length.digits;
    const auto written = std::to_chars(begin, end, body_bytes);
    if (written.ec != std::errc() || written.ptr != end) return false;
    last.body_bytes = body_bytes;
  }
  constexpr std::string_view kBehind = "\r\n\r\n";
  char* const end = last.text.data() + last.text.size() - kBehind.size();
  std::memcpy(end - request_id.size(), request_id.data(), request_id.size());
  return true;
}

}  // namespace weir::dataplane
