#include "tests/simprovider/dialect/wording.h"

#include <array>

#include "bench/text/json_text.h"
#include "bench/text/text.h"

namespace weir::simprovider {
namespace {

constexpr std::array<std::string_view, 12> kWords = {
    " answers:", " the", " river", " divides", " at",   " the",
    " weir",     " and", " every", " channel", " gets", " water.",
};

}  // namespace

Wording::Wording(std::string_view name) : text_(text::JsonEscape(name)) {
  starts_ = {0, text_.size()};
}

std::string_view Wording::Text(std::size_t tokens) {
  Extend(tokens);
  return std::string_view(text_).substr(0, starts_[tokens]);
}

std::string_view Wording::Token(std::size_t index) {
  Extend(index + 1);
  return std::string_view(text_).substr(starts_[index],
                                        starts_[index + 1] - starts_[index]);
}

void Wording::Extend(std::size_t tokens) {
  while (starts_.size() <= tokens) {
    text::Append(text_, kWords[(starts_.size() - 2) % kWords.size()]);
    starts_.push_back(text_.size());
  }
}

}  // namespace weir::simprovider
