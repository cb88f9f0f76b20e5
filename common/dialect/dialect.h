// What differs between providers' APIs, and only that.
#ifndef WEIR_COMMON_DIALECT_DIALECT_H_
#define WEIR_COMMON_DIALECT_DIALECT_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/request.h"
#include "common/dialect/canonical/written_request.h"
#include "common/dialect/token_count.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::dialect {

// How an answer is wanted.
enum class Delivery { kWhole, kStream };

// What a client sees of one way to ask for a model's answers. Implementations
// are stateless constants, so every method may be called from any thread.
class ClientApi {
 public:
  virtual ~ClientApi() = default;

  // A request of this API, in the form that all share. `body` is JSON. 400
  // invalid_request, with a JSON path, where something in it is malformed or no
  // other API has it.
  virtual std::variant<canonical::Request, ApiError> ReadRequest(
      std::string_view body, Delivery delivery) const = 0;
  // For one answer.
  virtual std::unique_ptr<canonical::AnswerWriter> NewAnswerWriter(
      canonical::AnswerIdentity identity) const = 0;
  // An error in a stream that no AnswerWriter wrote, framing included.
  virtual std::string ErrorEvent(const ApiError& error) const = 0;
};

// A vendor's API: that of its chats as its clients see it, and all else. The
// same holds for implementations.
class Dialect : public ClientApi {
 public:
  // As in resources: `openai`.
  virtual std::string_view name() const = 0;

  // After a provider's base_url, a query included: `/chat/completions`.
  virtual std::string ChatPath(std::string_view upstream_model,
                               Delivery delivery) const = 0;
  virtual std::string_view ModelsPath() const = 0;
  // The smallest request that makes `upstream_model` produce one token.
  virtual std::string ProbeBody(std::string_view upstream_model) const = 0;
  // The header lines that authenticate with `secret`, each ended by CRLF.
  virtual std::string CredentialHeaders(std::string_view secret) const = 0;
  // The header lines that each request needs that does not bring them; the
  // same form.
  virtual std::string_view VersionHeaders() const = 0;
  // Whether an answer to ProbeBody() has the shape that this API promises.
  virtual bool LooksLikeChatAnswer(std::string_view body) const = 0;
  virtual bool LooksLikeModelList(std::string_view body) const = 0;

  // For one answer of a provider.
  virtual std::unique_ptr<canonical::AnswerReader> NewAnswerReader() const = 0;

  // A JSON body as this API's own errors have it.
  virtual std::string ErrorBody(const ApiError& error) const = 0;

  // The answer to a question for all models, whole and in the order of `names`,
  // and for one.
  virtual std::string ModelList(
      std::span<const std::string_view> names) const = 0;
  virtual std::string OneModel(std::string_view name) const = 0;

  // The way back from ReadRequest(), for a provider. 400 not_translatable, with
  // the path, where this API can't say what the request means; 400
  // max_tokens_required.
  virtual canonical::WriteResult WriteRequest(
      const canonical::Request& request,
      const canonical::WriteTarget& target) const = 0;

  // Null where not all providers of this API can count.
  virtual const TokenCount* token_count() const = 0;
};

const Dialect& OpenAi();
const Dialect& Anthropic();
const Dialect& Gemini();

// The other way to ask at OpenAI's.
const ClientApi& OpenAiResponses();

// The dialect of a provider; nullptr for one that this version has not.
const Dialect* Find(weir::config::v1::Dialect dialect);

// `text` as a JSON string, quotes included. Bytes that are not UTF-8 become
// U+FFFD, so that the result is always valid JSON.
std::string JsonString(std::string_view text);

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_DIALECT_H_
