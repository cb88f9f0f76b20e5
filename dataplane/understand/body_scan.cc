#include "dataplane/understand/body_scan.h"

#include <simdjson.h>

#include <cstddef>
#include <string_view>
#include <variant>

#include "common/dialect/api_error.h"
#include "dataplane/request.h"
#include "dataplane/understand/body_error.h"
#include "dataplane/understand/body_walk.h"
#include "dataplane/understand/json_structure.h"
#include "dataplane/understand/listed_tokens.h"
#include "dataplane/understand/token_reader.h"

namespace weir::dataplane {
namespace {

// Bodies above this have a structure of their own, whose memory (four times
// the body) goes with it.
constexpr std::size_t kLargeBody = std::size_t{1} << 20;

// Up to here tokens are read one after the other. Larger bodies are left to
// simdjson, whose wider instructions are worth the more the longer a text is.
constexpr std::size_t kSmallBody = std::size_t{16} << 10;

std::string_view Explain(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR:
      return "it is not UTF-8";
    case simdjson::EMPTY:
      return "it is empty";
    case simdjson::UNCLOSED_STRING:
      return "a string is not closed";
    case simdjson::UNESCAPED_CHARS:
      return "a string holds a control character";
    default:
      return simdjson::error_message(error);
  }
}

// By simdjson's first stage, which looks at all of a body before anything is
// said of it.
void ScanWith(JsonStructure& structure, std::string_view body,
              BodyScanner::Conversation conversation,
              Outcome<BodyScan>& outcome) {
  const auto tokens = structure.Find(body);
  if (const auto* error = std::get_if<simdjson::error_code>(&tokens)) {
    outcome = NotJson(Explain(*error));
    return;
  }
  BodyScan& scan = outcome.emplace<BodyScan>();
  const ListedTokens listed(body, std::get<JsonStructure::Tokens>(tokens));
  BodyWalk walk(body, listed, conversation, scan);
  if (!walk.Run()) outcome = dialect::ApiError(walk.error());
}

}  // namespace

Outcome<BodyScan> BodyScanner::Scan(std::string_view body,
                                    Conversation conversation) {
  Outcome<BodyScan> outcome;
  if (body.size() >= TokenReader::kAtOnce && body.size() <= kSmallBody) {
    BodyWalk walk(body, TokenReader(body), conversation,
                  std::get<BodyScan>(outcome));
    if (walk.Run()) return outcome;
  }
  // What is wrong with a body is said after all of it was looked at.
  if (body.size() <= kLargeBody) {
    ScanWith(structure_, body, conversation, outcome);
  } else {
    JsonStructure structure;
    ScanWith(structure, body, conversation, outcome);
  }
  return outcome;
}

}  // namespace weir::dataplane
