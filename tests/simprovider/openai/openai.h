// OpenAI's API: chat, completions, responses, embeddings and models; every
// other /v1/* path answers with what it was sent.
#ifndef WEIR_TESTS_SIMPROVIDER_OPENAI_OPENAI_H_
#define WEIR_TESTS_SIMPROVIDER_OPENAI_OPENAI_H_

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/simprovider/dialect/dialect.h"
#include "tests/simprovider/dialect/wording.h"

namespace weir::simprovider {

struct OpenAiAsk;

class OpenAi final : public Dialect {
 public:
  explicit OpenAi(std::string_view name);

  Answer Respond(const Request& request,
                 const Circumstances& circumstances) override;
  Answer WrongKey() const override;
  std::string ErrorBody(int status, std::string_view message) const override;
  bool ShowsKey(const Request& request, std::string_view key) const override;
  int BreakdownStatus() const override { return 500; }
  std::string ErrorEvent(const Answer& answer, std::size_t after_events,
                         std::string_view error_body) const override;
  Answer TooManyRequests(const RateState& rate) const override;

 private:
  enum class Endpoint { kChat, kCompletions, kResponses, kEmbeddings };

  Answer Error(int status, std::string_view message) const;
  Answer Generate(Endpoint endpoint, const Request& request,
                  const Circumstances& circumstances);
  Answer Speak(Endpoint endpoint, const OpenAiAsk& ask,
               const Circumstances& circumstances);
  Answer List(const Request& request, const Circumstances& circumstances) const;

  const std::string name_;
  Wording wording_;
  simdjson::dom::parser parser_;
  std::uint64_t last_id_;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_OPENAI_OPENAI_H_
