// The text that a tool takes, out of the arguments of the function which stands
// for that tool elsewhere.
#ifndef WEIR_COMMON_DIALECT_RESPONSES_INPUT_TEXT_H_
#define WEIR_COMMON_DIALECT_RESPONSES_INPUT_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::dialect {

// Reads the string `input` of a JSON object that comes in pieces, cut anywhere.
// Does not look whether the rest is good JSON. Not thread-safe.
class InputText {
 public:
  // Appends to `text` what the next piece brings of it.
  void Feed(std::string_view json, std::string& text);

  // There is such a string. Without one, the arguments are not what the tool's
  // schema says.
  bool found() const { return found_; }

 private:
  enum class State {
    kBetween,  // Before a member's name.
    kName,
    kColon,  // Before its value.
    kInput,  // In the string itself.
    kOther,  // In another value, or behind one.
  };

  void Take(char c, std::string& text);
  void TakeOther(char c);
  void TakeInput(char c, std::string& text);
  // `escape_` is whole, or one half of what needs two.
  void EndEscape(std::string& text);

  State state_ = State::kBetween;
  // Behind a backslash, in a name or in another value.
  bool escaped_ = false;
  bool in_string_ = false;
  // Brackets that are open within another value.
  int depth_ = 0;
  // As much of the name as tells it from others.
  std::string name_;
  // From a backslash of the input on; empty outside.
  std::string escape_;
  // The first half of a character beyond the basic plane.
  std::uint32_t high_ = 0;
  bool found_ = false;
};

}  // namespace weir::dialect

#endif  // WEIR_COMMON_DIALECT_RESPONSES_INPUT_TEXT_H_
