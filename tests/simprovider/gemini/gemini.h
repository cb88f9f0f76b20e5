// Gemini's API: generateContent, streamGenerateContent, countTokens and models;
// every other path answers with what it was sent.
#ifndef WEIR_TESTS_SIMPROVIDER_GEMINI_GEMINI_H_
#define WEIR_TESTS_SIMPROVIDER_GEMINI_GEMINI_H_

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/simprovider/dialect/dialect.h"
#include "tests/simprovider/dialect/wording.h"

namespace weir::simprovider {

class Gemini final : public Dialect {
 public:
  explicit Gemini(std::string_view name);

  Answer Respond(const Request& request,
                 const Circumstances& circumstances) override;
  bool ShowsKey(const Request& request, std::string_view key) const override;
  Answer WrongKey() const override;
  std::string ErrorBody(int status, std::string_view message) const override;
  int BreakdownStatus() const override { return 503; }
  std::string ErrorEvent(const Answer& answer, std::size_t after_events,
                         std::string_view error_body) const override;
  Answer TooManyRequests(const RateState& rate) const override;

 private:
  // `model` and `method` are what stands before and after the path's colon.
  Answer Call(const Request& request, std::string_view model,
              std::string_view method, const Circumstances& circumstances);
  Answer List(std::string_view model, const Circumstances& circumstances) const;
  Answer Error(int status, std::string_view message) const;

  const std::string name_;
  Wording wording_;
  simdjson::dom::parser parser_;
  std::uint64_t last_id_;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_GEMINI_GEMINI_H_
