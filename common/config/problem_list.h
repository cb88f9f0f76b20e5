// Problems up to a number that a person still reads.
#ifndef WEIR_COMMON_CONFIG_PROBLEM_LIST_H_
#define WEIR_COMMON_CONFIG_PROBLEM_LIST_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "common/config/yaml.h"

namespace weir::config {

class ProblemList {
 public:
  // Of more than these only the number is kept.
  static constexpr std::size_t kMax = 50;

  bool full() const { return problems_.size() == kMax; }

  void Add(std::string field, std::string what, std::string fix) {
    if (full()) {
      ++left_out_;
      return;
    }
    problems_.push_back({std::move(field), std::move(what), std::move(fix)});
  }

  // Ends with an entry that says how many were left out, if any were.
  std::vector<Problem> Take() {
    if (left_out_ > 0) {
      problems_.push_back(
          {"", "has " + std::to_string(left_out_) + " more like these",
           "correct these first"});
    }
    return std::move(problems_);
  }

 private:
  std::vector<Problem> problems_;
  std::size_t left_out_ = 0;
};

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_PROBLEM_LIST_H_
