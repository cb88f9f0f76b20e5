// A stream of events that are alike: some that open it, one a token, some that
// close it.
#ifndef WEIR_TESTS_SIMPROVIDER_FRAGMENT_STREAM_H_
#define WEIR_TESTS_SIMPROVIDER_FRAGMENT_STREAM_H_

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/simprovider/answer.h"

namespace weir::simprovider {

class FragmentStream final : public EventSource {
 public:
  struct Parts {
    std::vector<std::string> opening;
    std::size_t fragments = 0;
    // Appends the event of fragment `index`.
    std::function<void(std::size_t index, std::string& out)> fragment;
    // REQUIRES: not empty.
    std::vector<std::string> closing;
  };

  explicit FragmentStream(Parts parts) : parts_(std::move(parts)) {}

  Pace Next(std::string& out) override {
    const std::size_t index = next_++;
    const std::size_t opening = parts_.opening.size();
    const std::size_t closing = opening + parts_.fragments;
    if (index < opening) {
      out += parts_.opening[index];
      return Pace::kAtOnce;
    }
    if (index < closing) {
      parts_.fragment(index - opening, out);
      return next_ < closing ? Pace::kToken : Pace::kAtOnce;
    }
    out += parts_.closing[index - closing];
    return next_ < closing + parts_.closing.size() ? Pace::kAtOnce : Pace::kEnd;
  }

 private:
  const Parts parts_;
  std::size_t next_ = 0;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_FRAGMENT_STREAM_H_
