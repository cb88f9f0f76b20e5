// The answer to what a dialect has no answer for: what it was sent.
#ifndef WEIR_TESTS_SIMPROVIDER_DIALECT_ECHO_H_
#define WEIR_TESTS_SIMPROVIDER_DIALECT_ECHO_H_

#include <string_view>

#include "tests/simprovider/dialect/answer.h"
#include "tests/simprovider/dialect/http_request.h"

namespace weir::simprovider {

// Method, path, headers, SHA-256 and length of the body: what a test of
// byte-exact pass-through compares.
Answer EchoAnswer(const Request& request, std::string_view provider);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_DIALECT_ECHO_H_
