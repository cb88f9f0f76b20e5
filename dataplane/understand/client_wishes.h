// What a client asks of weir by headers.
#ifndef WEIR_DATAPLANE_UNDERSTAND_CLIENT_WISHES_H_
#define WEIR_DATAPLANE_UNDERSTAND_CLIENT_WISHES_H_

#include <string_view>

#include "dataplane/http1/head.h"
#include "dataplane/request.h"
#include "dataplane/understand/body_scan.h"

namespace weir::dataplane {

// Values as they came; empty where the header is not there.
struct WishHeaders {
  std::string_view provider;       // x-weir-provider
  std::string_view request_class;  // x-weir-class
  std::string_view complexity;     // x-weir-complexity
  std::string_view region;         // x-weir-region
  std::string_view timeout;        // x-weir-timeout
  // x-weir-criticality, else what x-claude-code-request-class comes to.
  std::string_view criticality;
  // x-weir-session, else that of an agent: x-claude-code-session-id, or Codex's
  // session-id.
  std::string_view session;
  std::string_view stainless_timeout;  // x-stainless-timeout, of the SDKs

  friend bool operator==(const WishHeaders&, const WishHeaders&) = default;
};

// What x-weir-criticality says of requests that may be refused first.
inline constexpr std::string_view kSheddable = "sheddable";

// One pass; the first of several counts.
WishHeaders ReadWishes(const http1::RequestHead& head);

// Class, complexity, region and deadline, from the headers or, where they say
// nothing that makes sense, by the rules of docs/routing.md. What is ignored is
// noted in the request and never an error: a client must not fail because this
// gateway does not know a word.
// REQUIRES: `request` has its snapshot, client, body and received_at.
void ApplyWishes(const WishHeaders& wishes, const BodyScan& scan,
                 Request& request);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_UNDERSTAND_CLIENT_WISHES_H_
