// A test that asks a dialect and reads its answers.
#ifndef WEIR_TESTS_SIMPROVIDER_DIALECT_DIALECT_FIXTURE_H_
#define WEIR_TESTS_SIMPROVIDER_DIALECT_DIALECT_FIXTURE_H_

#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_join.h"
#include "tests/simprovider/dialect/answer.h"
#include "tests/simprovider/dialect/dialect.h"
#include "tests/simprovider/dialect/http_request.h"

namespace weir::simprovider {

// `D`: a Dialect, which calls itself alpha.
template <typename D>
class DialectFixture : public ::testing::Test {
 protected:
  using Headers = decltype(Request::headers);

  // `target`: the path, with its query.
  Answer Ask(std::string_view method, std::string_view target,
             std::string_view body) {
    // The reader keeps this much readable behind a body.
    body_ = std::string(body);
    body_.reserve(body_.size() + 64);
    Request request;
    request.method = method;
    request.path = target.substr(0, target.find('?'));
    request.query =
        target.substr(std::min(target.size(), request.path.size() + 1));
    request.headers = headers_;
    request.body = body_;
    return dialect_.Respond(request, {.tokens = 4,
                                      .unix_seconds = 1'700'000'000,
                                      .models = models_,
                                      .tool_calls = tool_calls_,
                                      .call_order = call_order_,
                                      .failure_form = failure_form_,
                                      .cached_tokens = cached_tokens_});
  }
  Answer Post(std::string_view target, std::string_view body) {
    return Ask("POST", target, body);
  }
  simdjson::dom::element Json(const Answer& answer) {
    return parser_.parse(simdjson::padded_string(answer.body));
  }

  // All events of a stream, in order.
  static std::vector<std::string> EventsOf(const Answer& answer) {
    std::vector<std::string> events;
    for (Pace pace = Pace::kAtOnce; pace != Pace::kEnd;) {
      events.emplace_back();
      pace = answer.events->Next(events.back());
    }
    return events;
  }
  // The types of events that have one, a space between them.
  static std::string TypesOf(const std::vector<std::string>& events) {
    constexpr std::string_view kType = "event: ";
    std::vector<std::string> types;
    for (const std::string& event : events) {
      if (!event.starts_with(kType)) continue;
      types.push_back(
          event.substr(kType.size(), event.find('\n') - kType.size()));
    }
    return absl::StrJoin(types, " ");
  }
  // What `pointer` leads to in the data of each event that has it, joined.
  std::string Joined(const std::vector<std::string>& events,
                     std::string_view pointer) {
    std::string joined;
    for (const std::string& event : events) {
      const std::size_t data = event.find("data: ") + 6;
      simdjson::dom::element root;
      std::string_view piece;
      if (parser_.parse(simdjson::padded_string(event.substr(data)))
                  .get(root) == simdjson::SUCCESS &&
          root.at_pointer(pointer).get(piece) == simdjson::SUCCESS) {
        joined += piece;
      }
    }
    return joined;
  }

  D dialect_{"alpha"};
  Headers headers_;
  std::vector<std::string> models_;
  int tool_calls_ = 1;
  CallOrder call_order_ = CallOrder::kInTurn;
  FailureForm failure_form_ = FailureForm::kError;
  int cached_tokens_ = 0;
  std::string body_;
  simdjson::dom::parser parser_;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_DIALECT_DIALECT_FIXTURE_H_
