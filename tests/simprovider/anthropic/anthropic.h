// Anthropic's API: messages, count_tokens and models; every other /v1/* path
// answers with what it was sent.
#ifndef WEIR_TESTS_SIMPROVIDER_ANTHROPIC_ANTHROPIC_H_
#define WEIR_TESTS_SIMPROVIDER_ANTHROPIC_ANTHROPIC_H_

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/simprovider/dialect/dialect.h"
#include "tests/simprovider/dialect/wording.h"

namespace weir::simprovider {

class Anthropic final : public Dialect {
 public:
  explicit Anthropic(std::string_view name);

  Answer Respond(const Request& request,
                 const Circumstances& circumstances) override;
  bool ShowsKey(const Request& request, std::string_view key) const override;
  Answer WrongKey() const override;
  std::string ErrorBody(int status, std::string_view message) const override;
  int BreakdownStatus() const override { return 529; }
  std::string ErrorEvent(const Answer& answer, std::size_t after_events,
                         std::string_view error_body) const override;
  Answer TooManyRequests(const RateState& rate) const override;

 private:
  Answer Dispatch(const Request& request, const Circumstances& circumstances);
  Answer Post(const Request& request, const Circumstances& circumstances);
  Answer List(const Request& request, const Circumstances& circumstances) const;
  Answer Error(int status, std::string_view message) const;

  const std::string name_;
  Wording wording_;
  simdjson::dom::parser parser_;
  std::uint64_t last_id_;
  // Of the request that is being answered, or was last.
  std::string digits_;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_ANTHROPIC_ANTHROPIC_H_
