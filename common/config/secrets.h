// Secrets: references resolved, values kept out of sight.
#ifndef WEIR_COMMON_CONFIG_SECRETS_H_
#define WEIR_COMMON_CONFIG_SECRETS_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::config {

// A secret's value. Has no way into a stream, a log line or a comparison by
// accident: Reveal() is said out loud where the value is really used. Memory is
// cleared on destruction.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret other) noexcept;
  ~Secret();

  std::string_view Reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  // Equality of value, in constant time for equal lengths.
  bool Equals(const Secret& other) const;

 private:
  std::string value_;
};

// The value behind a reference, now: environment, or file with surrounding
// white space dropped.
//
// NOT_FOUND: no such variable or file. FAILED_PRECONDITION: it is empty, too
// long (64 KiB) or holds bytes that can't stand in an HTTP header. The message
// names the reference, never the value.
absl::StatusOr<Secret> ResolveSecret(const v1::SecretRef& reference);

// `env RELAY_KEY` or `file /path`, for messages.
std::string DescribeSecretRef(const v1::SecretRef& reference);

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_SECRETS_H_
