// Streams from each dialect into each other one: how their bytes are divided
// changes nothing, what comes out are events of JSON, and a stream that came to
// its end does so in the other dialect too.
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/dialect/canonical/stream_translation.h"
#include "common/dialect/dialect.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/dialects.h"
#include "tests/fuzz/one_input.h"
#include "tests/fuzz/pieces.h"

namespace weir::fuzz {
namespace {

using dialect::ClientApi;
using dialect::Dialect;
using dialect::canonical::StreamTranslation;

// An event of few bytes becomes one of some hundred.
constexpr std::size_t kMostGrowth = 200;

struct Translated {
  std::string text;
  absl::Status status;
  bool ended = false;
  bool failed = false;

  friend bool operator==(const Translated&, const Translated&) = default;
};

StreamTranslation Between(const Dialect& from, const ClientApi& to) {
  return {from.NewAnswerReader(), to.NewAnswerWriter(IdentityOfAnswer())};
}

Translated End(StreamTranslation& translation, Translated result) {
  if (result.status.ok()) result.status = translation.EndOfBody(result.text);
  result.ended = translation.ended();
  result.failed = translation.failed().has_value();
  return result;
}

Translated Whole(std::string_view stream, const Dialect& from,
                 const ClientApi& to) {
  StreamTranslation translation = Between(from, to);
  Translated result;
  result.status = translation.Feed(stream, result.text);
  return End(translation, std::move(result));
}

Translated Divided(std::string_view stream, const Dialect& from,
                   const ClientApi& to) {
  StreamTranslation translation = Between(from, to);
  Translated result;
  InPieces(stream, [&translation, &result](std::string_view piece) {
    result.status = translation.Feed(piece, result.text);
    return result.status.ok();
  });
  return End(translation, std::move(result));
}

Translated Translate(std::string_view stream, const Dialect& from,
                     const ClientApi& to) {
  const Translated whole = Whole(stream, from, to);
  CheckEventStream(whole.text);
  Check(whole.text.size() <= kMostGrowth * (stream.size() + 1),
        "what comes out is in proportion to what went in", whole.text);
  Check(Divided(stream, from, to) == whole, "pieces change nothing",
        whole.text);
  return whole;
}

void CheckReadable(const Translated& whole, const Dialect& dialect) {
  if (!whole.ended || !whole.status.ok()) return;
  const Translated back = Whole(whole.text, dialect, dialect);
  Check(back.status.ok() && back.ended, "a dialect reads what it wrote",
        whole.text);
}

}  // namespace

void OneInput(std::string_view input) {
  for (const Dialect* from : AllDialects()) {
    for (const Dialect* to : AllDialects()) {
      if (from != to) CheckReadable(Translate(input, *from, *to), *to);
    }
    // No provider's answer is read as one of these.
    Translate(input, *from, dialect::OpenAiResponses());
  }
}

}  // namespace weir::fuzz
