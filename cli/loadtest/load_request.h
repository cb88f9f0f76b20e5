// What is sent.
#ifndef WEIR_CLI_LOADTEST_LOAD_REQUEST_H_
#define WEIR_CLI_LOADTEST_LOAD_REQUEST_H_

#include <cstdint>
#include <string>

#include "common/config/secrets.h"
#include "common/dialect/dialect.h"
#include "common/net/url.h"

namespace weir::loadtest {

// What providers are asked, all of them the same.
struct Question {
  std::string model;
  std::uint64_t max_tokens = 1000;
  std::string prompt;
  dialect::Delivery delivery = dialect::Delivery::kStream;
};

// A chat completion in OpenAI's dialect, which every node speaks, whoever
// answers. Pure.
std::string BodyOf(const Question& question);

// The HTTP request to `provider` alone, by way of the node at `node`, whose
// path may end with /v1 as an SDK's base URL does. Holds the secret. Pure.
std::string RequestText(const net::Url& node, const config::Secret& key,
                        const std::string& provider, const std::string& body);

}  // namespace weir::loadtest

#endif  // WEIR_CLI_LOADTEST_LOAD_REQUEST_H_
