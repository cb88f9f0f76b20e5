// What a provider says to one request, before anything goes wrong with it.
#ifndef WEIR_TESTS_SIMPROVIDER_DIALECT_ANSWER_H_
#define WEIR_TESTS_SIMPROVIDER_DIALECT_ANSWER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace weir::simprovider {

// When the next event of a stream follows.
enum class Pace {
  kAtOnce,  // It belongs to this one.
  kToken,   // It is the next token, which takes its time.
  kEnd,     // Never: this was the last one.
};

// The events of one stream, one after the other.
class EventSource {
 public:
  virtual ~EventSource() = default;
  // Appends one event with the empty line that ends it.
  virtual Pace Next(std::string& out) = 0;
};

struct Answer {
  int status = 200;
  std::string content_type = "application/json";
  // Each `Name: value\r\n`.
  std::string header_lines;
  // Ignored where there are events.
  std::string body;
  // Null for an answer that comes as a whole.
  std::unique_ptr<EventSource> events;
  // The event by which this stream says after so many others that it failed,
  // where the API has several ways; else empty.
  std::function<std::string(std::size_t after_events,
                            std::string_view error_body)>
      failure = {};
  // How many tokens it took to generate, for the time that takes.
  int tokens = 0;
  // The model that was asked for; empty where the request names none.
  std::string model;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_DIALECT_ANSWER_H_
