// What one connection's requests look like to a provider.
#ifndef WEIR_DATAPLANE_ATTEMPT_REPEATED_UPSTREAM_HEAD_H_
#define WEIR_DATAPLANE_ATTEMPT_REPEATED_UPSTREAM_HEAD_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "dataplane/attempt/upstream_head.h"
#include "dataplane/request.h"
#include "dataplane/snapshot.h"

namespace weir::dataplane {

// Of a client's head that came again, for the same target, nothing but length
// and identifier is written again.
//
// Not thread-safe; for one connection, whose heads have their serials.
class RepeatedUpstreamHead {
 public:
  // As WriteUpstreamHead(), into text(). REQUIRES: `upstream_path` is part of
  // the request's head, or lives as long as the configuration, and so does the
  // credential.
  void Write(const Request& request, std::string_view upstream_path,
             const ProviderEntry& provider, const TargetEntry* target,
             const OwnParts& own);
  // As WriteForeignHead().
  void WriteForeign(const Request& request, const ProviderEntry& provider,
                    const TargetEntry& target, const OwnParts& own);

  // REQUIRES: one was written since Forget().
  const std::string& text() const { return last_->text; }

  // Gives all memory back.
  void Forget() { last_ = nullptr; }

 private:
  struct Last {
    std::string text;
    // What it was written of; 0: none that could come again.
    std::uint64_t serial = 0;
    // Weak: an idle connection must not keep an old configuration alive.
    std::weak_ptr<const RoutingConfig> config;
    const ProviderEntry* provider = nullptr;
    const TargetEntry* target = nullptr;
    std::string_view upstream_path;
    std::string_view credential;
    std::size_t body_bytes = 0;
    LengthPlace length;
    std::size_t request_id_size = 0;
  };

  Last& Room();
  bool IsRepeated(const Request& request, std::string_view upstream_path,
                  const ProviderEntry& provider, const TargetEntry* target,
                  const OwnParts& own) const;
  // Writes both over the last ones; false where they have other sizes.
  static bool Replace(std::size_t body_bytes, std::string_view request_id,
                      Last& last);

  // Null where there is none: a stream keeps nothing of what it was asked with.
  std::unique_ptr<Last> last_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_REPEATED_UPSTREAM_HEAD_H_
