// JSON answers of providers: what a dialect's reader takes, the others' writers
// turn into an answer that their own readers take.
#include <string>
#include <string_view>

#include "common/dialect/api_error.h"
#include "common/dialect/canonical/answer.h"
#include "common/dialect/canonical/provider_error.h"
#include "common/dialect/dialect.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/dialects.h"
#include "tests/fuzz/one_input.h"

namespace weir::fuzz {
namespace {

using dialect::Dialect;
using dialect::canonical::AnswerEvents;

void Write(const AnswerEvents& events, const Dialect& to) {
  std::string body;
  if (!to.NewAnswerWriter(IdentityOfAnswer())->WriteWhole(events, body).ok()) {
    return;
  }
  CheckJson(body);
  AnswerEvents again;
  Check(to.NewAnswerReader()->ReadWhole(body, again).ok(),
        "a dialect reads what it wrote", body);
}

void WriteResponse(const AnswerEvents& events) {
  std::string body;
  const auto writer =
      dialect::OpenAiResponses().NewAnswerWriter(IdentityOfAnswer());
  if (writer->WriteWhole(events, body).ok()) CheckJson(body);
}

void CheckError(std::string_view body, const Dialect& dialect) {
  const dialect::ApiError error =
      dialect::canonical::ErrorOfBody(/*status=*/429, body);
  CheckJson(dialect.ErrorBody(error));
  CheckEventStream(dialect.ErrorEvent(error));
}

}  // namespace

void OneInput(std::string_view input) {
  for (const Dialect* from : AllDialects()) {
    CheckError(input, *from);
    // Probes ask these; that they end is all that is promised of any bytes.
    from->LooksLikeChatAnswer(input);
    from->LooksLikeModelList(input);
    const auto reader = from->NewAnswerReader();
    AnswerEvents events;
    if (!reader->ReadWhole(input, events).ok()) continue;
    for (const Dialect* to : AllDialects()) Write(events, *to);
    WriteResponse(events);
  }
}

}  // namespace weir::fuzz
