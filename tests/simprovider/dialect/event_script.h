// The events of a stream: some as they stand, some a token each.
#ifndef WEIR_TESTS_SIMPROVIDER_DIALECT_EVENT_SCRIPT_H_
#define WEIR_TESTS_SIMPROVIDER_DIALECT_EVENT_SCRIPT_H_

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/simprovider/dialect/answer.h"

namespace weir::simprovider {

// Each token but the first takes its time; all else belongs to what went
// before it.
//
// REQUIRES: something is added before the first Next(), and nothing later.
class EventScript final : public EventSource {
 public:
  // Appends the event of token `index`.
  using Write = std::function<void(std::size_t index, std::string& out)>;

  void Add(std::string event) { runs_.push_back({std::move(event), 0, {}}); }
  void AddTokens(std::size_t count, Write write) {
    if (count > 0) runs_.push_back({"", count, std::move(write)});
  }

  Pace Next(std::string& out) override {
    const Run& run = runs_[run_];
    if (run.tokens == 0) {
      out += run.event;
      ++run_;
    } else {
      run.write(token_, out);
      spoken_ = true;
      if (++token_ == run.tokens) {
        token_ = 0;
        ++run_;
      }
    }
    if (run_ == runs_.size()) return Pace::kEnd;
    return spoken_ && runs_[run_].tokens > 0 ? Pace::kToken : Pace::kAtOnce;
  }

 private:
  struct Run {
    std::string event;
    std::size_t tokens;  // 0: the one event.
    Write write;
  };
  std::vector<Run> runs_;
  std::size_t run_ = 0;
  std::size_t token_ = 0;  // Of this run.
  bool spoken_ = false;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_DIALECT_EVENT_SCRIPT_H_
