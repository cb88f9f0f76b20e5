#include "cli/loadtest/load_request.h"

#include <string>
#include <string_view>

#include "common/concat.h"

namespace weir::loadtest {
namespace {

constexpr std::string_view kVersion = "/v1";

}  // namespace

std::string BodyOf(const Question& question) {
  const bool is_stream = question.delivery == dialect::Delivery::kStream;
  return Concat(
      "{\"model\":", dialect::JsonString(question.model),
      ",\"max_tokens\":", question.max_tokens,
      is_stream ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"
                : "",
      ",\"messages\":[{\"role\":\"user\",\"content\":",
      dialect::JsonString(question.prompt), "}]}");
}

std::string RequestText(const net::Url& node, const config::Secret& key,
                        const std::string& provider, const std::string& body) {
  std::string path = node.path;
  if (!path.ends_with(kVersion)) path += kVersion;
  return Concat(
      "POST ", path, "/chat/completions HTTP/1.1\r\nHost: ", node.HostHeader(),
      "\r\nUser-Agent: weirctl/" WEIR_VERSION
      " (loadtest)\r\nAuthorization: Bearer ",
      key.Reveal(), "\r\nx-weir-provider: ", provider,
      "\r\nContent-Type: application/json\r\nContent-Length: ", body.size(),
      "\r\n\r\n", body);
}

}  // namespace weir::loadtest
