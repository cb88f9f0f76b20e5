// HTTP as a client of weir speaks it, one request a call.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_HTTP_CLIENT_H_
#define WEIR_TESTS_END_TO_END_HARNESS_HTTP_CLIENT_H_

#include <boost/json/value.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace weir::testing {

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

struct HttpAnswer {
  // Whether the answer came to its end, or the connection's end was first.
  enum class Ending { kWhole, kCut };

  int status = 0;
  // Names in lower case; of several with one name the last.
  std::map<std::string, std::string> headers;
  std::string body;
  Ending ending = Ending::kWhole;

  // Empty where there is none.
  std::string Header(const std::string& name) const;
  // The body as JSON; null, which no test expects, where it is none.
  boost::json::value Json() const;
};

// Sends `request` to `address`, host:port, on a connection of its own.
// UNAVAILABLE when there is no connection or no head of an answer, and
// DEADLINE_EXCEEDED after `limit`.
absl::StatusOr<HttpAnswer> Send(const std::string& address,
                                const HttpRequest& request,
                                absl::Duration limit = absl::Seconds(30));

// GET `target` without credentials.
absl::StatusOr<HttpAnswer> Get(const std::string& address,
                               const std::string& target);

// POST of JSON to `target`; an empty `key` sends no credential.
absl::StatusOr<HttpAnswer> PostJson(const std::string& address,
                                    const std::string& target,
                                    const std::string& key,
                                    const std::string& body);

// A value inside `json` by its JSON pointer, as text without quotes; empty
// where there is none: At(json, "/error/code").
std::string At(const boost::json::value& json, const std::string& pointer);

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_HTTP_CLIENT_H_
