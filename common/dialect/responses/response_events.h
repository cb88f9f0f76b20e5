// The events of a stream of the Responses API: their framing and numbers.
#ifndef WEIR_COMMON_DIALECT_RESPONSES_RESPONSE_EVENTS_H_
#define WEIR_COMMON_DIALECT_RESPONSES_RESPONSE_EVENTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "common/concat.h"
#include "common/dialect/api_error.h"
#include "common/dialect/json_writer.h"

namespace weir::dialect {

// Numbers them from 0. Not thread-safe.
class ResponseEvents {
 public:
  // Nobody wants them: nothing is added from now on.
  void Silence() { silent_ = true; }

  // Adds an event; `write(json)` writes its members behind `type` and
  // `sequence_number`.
  template <typename F>
  void Add(std::string_view type, std::string& out, F&& write) {
    if (silent_) return;
    Append(out, "event: ", type, "\ndata: ");
    JsonWriter json(out);
    json.BeginObject().Key("type").String(type);
    json.Key("sequence_number").Number(next_++);
    std::forward<F>(write)(json);
    json.EndObject();
    out += "\n\n";
  }

  // `error`, with its members where the reference has them and, in an object,
  // where OpenAI's servers have them and the SDKs look.
  void Error(const ApiError& error, std::string& out);

 private:
  std::uint64_t next_ = 0;
  bool silent_ = false;
};

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_RESPONSES_RESPONSE_EVENTS_H_
