// A port that neither takes connections nor refuses them.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_BLACK_HOLE_H_
#define WEIR_TESTS_END_TO_END_HARNESS_BLACK_HOLE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace weir::testing {

// Listens without ever accepting, with its queue filled by connections of its
// own: Linux drops every further SYN, as a firewall would.
class BlackHole {
 public:
  // `address`: 127.0.0.1:port, where nobody listens.
  static absl::StatusOr<std::unique_ptr<BlackHole>> Open(
      const std::string& address);
  ~BlackHole();
  BlackHole(const BlackHole&) = delete;
  BlackHole& operator=(const BlackHole&) = delete;

 private:
  BlackHole() = default;

  // The listener, then what fills its queue.
  std::vector<int> sockets_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_BLACK_HOLE_H_
