// OpenAI's API: chat, completions, responses, embeddings and models; every
// other /v1/* path answers with what it was sent.
#ifndef WEIR_TESTS_SIMPROVIDER_OPENAI_H_
#define WEIR_TESTS_SIMPROVIDER_OPENAI_H_

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/simprovider/dialect.h"
#include "tests/simprovider/openai_prompt.h"
#include "tests/simprovider/wording.h"

namespace weir::simprovider {

class OpenAi final : public Dialect {
 public:
  explicit OpenAi(std::string_view name);

  Answer Respond(const Request& request,
                 const Circumstances& circumstances) override;
  std::string ErrorBody(int status, std::string_view message) const override;
  std::string ErrorEvent(std::string_view error_body) const override;

 private:
  enum class Endpoint { kChat, kCompletions, kResponses, kEmbeddings };

  Answer Error(int status, std::string_view message) const;
  Answer Generate(Endpoint endpoint, const Request& request,
                  const Circumstances& circumstances);
  Answer List(const Request& request, const Circumstances& circumstances) const;
  // `prefix` and 16 hex digits that no other id of this provider has.
  std::string NewId(std::string_view prefix);

  const std::string name_;
  Wording wording_;
  simdjson::dom::parser parser_;
  std::uint64_t last_id_;
};

// The parts of OpenAi::Respond(). `id` is new; `wording` outlives the answer.
struct OpenAiReply {
  std::string id;
  std::int64_t unix_seconds;
  const OpenAiPrompt& prompt;
  Wording& wording;
};
Answer ChatAnswer(const OpenAiReply& reply);
Answer CompletionAnswer(const OpenAiReply& reply);
Answer ResponsesAnswer(const OpenAiReply& reply);
Answer EmbeddingsAnswer(simdjson::dom::element request,
                        const OpenAiPrompt& prompt);
// Method, path, headers, SHA-256 and length of the body: what a test of
// byte-exact pass-through compares.
Answer EchoAnswer(const Request& request, std::string_view provider);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_OPENAI_H_
