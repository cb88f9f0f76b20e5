// What differs between providers' APIs, and only that.
#ifndef WEIR_COMMON_DIALECT_DIALECT_H_
#define WEIR_COMMON_DIALECT_DIALECT_H_

#include <string>
#include <string_view>

#include "weir/config/v1/provider.pb.h"

namespace weir::dialect {

// A failure that weir itself reports to a client.
struct ApiError {
  int status;  // HTTP, 400 to 599.
  // Stable and documented, in snake_case: model_not_found.
  std::string_view code;
  // For a person; may quote what the client sent.
  std::string message;
  // The request field at fault; empty for none.
  std::string_view param = {};
};

// One API. Implementations are stateless constants, so every method may be
// called from any thread.
class Dialect {
 public:
  virtual ~Dialect() = default;

  // After a provider's base_url: `/chat/completions`.
  virtual std::string ChatPath(std::string_view upstream_model) const = 0;
  virtual std::string_view ModelsPath() const = 0;
  // The smallest request that makes `upstream_model` produce one token.
  virtual std::string ProbeBody(std::string_view upstream_model) const = 0;
  // The header lines that authenticate with `secret`, each ended by CRLF.
  virtual std::string CredentialHeaders(std::string_view secret) const = 0;
  // Whether an answer to ProbeBody() has the shape that this API promises.
  virtual bool LooksLikeChatAnswer(std::string_view body) const = 0;
  virtual bool LooksLikeModelList(std::string_view body) const = 0;

  // A JSON body as this API's own errors have it.
  virtual std::string ErrorBody(const ApiError& error) const = 0;
  // The same as an event of a stream, framing included.
  virtual std::string ErrorEvent(const ApiError& error) const = 0;
};

const Dialect& OpenAi();

// The dialect of a provider; nullptr for one that this version has not.
const Dialect* Find(weir::config::v1::Dialect dialect);

// `text` as a JSON string, quotes included. Bytes that are not UTF-8 become
// U+FFFD, so that the result is always valid JSON.
std::string JsonString(std::string_view text);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_DIALECT_H_
