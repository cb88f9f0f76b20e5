#include "tests/simprovider/dialect/speech.h"

#include <utility>

namespace weir::simprovider {

Speech::Speech(std::vector<std::string> tokens)
    : tokens_(std::move(tokens)), size_(tokens_.size()) {}

std::string_view Speech::Token(std::size_t index) const {
  return wording_ != nullptr ? wording_->Token(index) : tokens_[index];
}

std::string Speech::Text() const {
  if (wording_ != nullptr) return std::string(wording_->Text(size_));
  std::string text;
  for (std::size_t i = 0; i < size_; ++i) text += tokens_[i];
  return text;
}

Speech Speech::FirstTokens(std::size_t tokens) const {
  Speech first = *this;
  first.size_ = tokens;
  return first;
}

Speech Speech::FirstBytes(std::size_t bytes) const {
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < size_ && bytes > 0; ++i) {
    tokens.emplace_back(Token(i).substr(0, bytes));
    bytes -= tokens.back().size();
  }
  return Speech(std::move(tokens));
}

}  // namespace weir::simprovider
