// What a request asks of a model, whatever its API calls things.
#ifndef WEIR_TESTS_SIMPROVIDER_DIALECT_ASK_H_
#define WEIR_TESTS_SIMPROVIDER_DIALECT_ASK_H_

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::simprovider {

struct Tool {
  std::string name;
  // Its JSON schema; nullopt: it takes none.
  std::optional<simdjson::dom::element> parameters = {};
  enum class Input { kJson, kText };
  Input input = Input::kJson;
  // Whose tool it is, where the API has such; empty for none.
  std::string name_space = {};
};

// An image or a document.
struct Attachment {
  // What the answer mentions of it: its media type, or its address.
  std::string what;
  // Its Base64 text in the body; 0 for an address.
  std::size_t bytes = 0;
};

// Refers to the parsed request.
struct Ask {
  enum class Delivery { kWhole, kStream };
  enum class Thinking { kOff, kOn };
  enum class Calls { kOne, kSeveral };

  std::string model = {};
  Delivery delivery = Delivery::kWhole;
  Thinking thinking = Thinking::kOff;
  std::optional<std::int64_t> max_tokens = {};
  // Not empty ones.
  std::vector<std::string> stops = {};
  // Those that may be called; none where the request wants none called, or
  // brings results of calls.
  std::vector<Tool> tools = {};
  // The one that must be called; empty: any.
  std::string chosen_tool = {};
  Calls calls = Calls::kSeveral;
  // What to answer with instead of words.
  std::optional<std::string> json = {};
  // Log probabilities are wanted, with so many alternatives to each token.
  std::optional<std::int64_t> alternatives = {};
  std::vector<Attachment> attachments = {};
  // What the tools said, in the request's last turn.
  std::vector<std::string> results = {};
  std::size_t body_bytes = 0;
};

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_DIALECT_ASK_H_
