// What targets say of promises.
#ifndef WEIR_TESTS_FUZZ_CHECK_H_
#define WEIR_TESTS_FUZZ_CHECK_H_

#include <string_view>

namespace weir::fuzz {

// Aborts, naming the promise, unless it `holds`. `seen` is what breaks it.
void Check(bool holds, std::string_view promise, std::string_view seen = {});

// Aborts unless `text` is JSON.
void CheckJson(std::string_view text);

// Aborts unless `stream` is whole events whose data are JSON or end the stream
// (`[DONE]`).
void CheckEventStream(std::string_view stream);

}  // namespace weir::fuzz

#endif  // WEIR_TESTS_FUZZ_CHECK_H_
