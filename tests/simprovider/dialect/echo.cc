#include "tests/simprovider/dialect/echo.h"

#include <openssl/sha.h>

#include <map>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "bench/text/json_text.h"
#include "bench/text/text.h"

namespace weir::simprovider {
namespace {

std::string Sha256Hex(std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return absl::BytesToHexString(digest);
}

// Names in lower case; what came more than once is joined by a comma.
std::map<std::string, std::string> HeadersOf(const Request& request) {
  std::map<std::string, std::string> headers;
  for (const Header& header : request.headers) {
    std::string& value = headers[text::ToLower(header.name)];
    text::Append(value, value.empty() ? "" : ", ", header.value);
  }
  return headers;
}

}  // namespace

Answer EchoAnswer(const Request& request, std::string_view provider) {
  const auto member = [](std::string* out, const auto& header) {
    text::Append(*out, text::JsonString(header.first), ":",
                 text::JsonString(header.second));
  };
  Answer answer;
  answer.body =
      text::Cat(R"({"object":"echo","provider":)", text::JsonString(provider),
                R"(,"method":)", text::JsonString(request.method),
                R"(,"path":)", text::JsonString(request.path), R"(,"query":)",
                text::JsonString(request.query), R"(,"headers":{)",
                absl::StrJoin(HeadersOf(request), ",", member),
                R"(},"body_bytes":)", request.body.size(),
                R"(,"body_sha256":")", Sha256Hex(request.body), "\"}");
  return answer;
}

}  // namespace weir::simprovider
