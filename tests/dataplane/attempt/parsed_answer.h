// A provider's answer head from its lines.
#ifndef WEIR_TESTS_DATAPLANE_ATTEMPT_PARSED_ANSWER_H_
#define WEIR_TESTS_DATAPLANE_ATTEMPT_PARSED_ANSWER_H_

#include <string>

#include "dataplane/http1/head.h"
#include "gtest/gtest.h"

namespace weir::testing {

class ParsedAnswer {
 public:
  explicit ParsedAnswer(int status, const std::string& lines = {})
      : text_("HTTP/1.1 " + std::to_string(status) + " Reason\r\n" + lines +
              "\r\n") {
    EXPECT_EQ(dataplane::http1::ParseResponseHead(
                  text_, dataplane::http1::Method::kPost, head_)
                  .state,
              dataplane::http1::ParseState::kComplete)
        << text_;
  }
  ParsedAnswer(const ParsedAnswer&) = delete;
  ParsedAnswer& operator=(const ParsedAnswer&) = delete;
  const dataplane::http1::ResponseHead& head() const { return head_; }

 private:
  const std::string text_;
  dataplane::http1::ResponseHead head_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_DATAPLANE_ATTEMPT_PARSED_ANSWER_H_
