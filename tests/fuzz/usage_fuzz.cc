// Token counts out of answers: how their bytes are divided changes nothing, and
// no count is beyond belief.
#include <string_view>

#include "common/dialect/canonical/usage.h"
#include "dataplane/relay/answer_format.h"
#include "dataplane/relay/usage_tap.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/one_input.h"
#include "tests/fuzz/pieces.h"

namespace weir::fuzz {
namespace {

using dataplane::AnswerFormat;
using dialect::canonical::Tokens;
using dialect::canonical::Usage;

void CheckCounts(const Usage& usage) {
  for (const Tokens& count :
       {usage.fresh_input, usage.cache_read, usage.cache_write_5m,
        usage.cache_write_1h, usage.audio_input, usage.image_input,
        usage.output, usage.reasoning, usage.audio_output,
        usage.image_output}) {
    Check(count.value_or(0) <= dialect::canonical::kMaxTokens,
          "counts can be believed");
  }
}

}  // namespace

void OneInput(std::string_view input) {
  for (const AnswerFormat format :
       {AnswerFormat::kChat, AnswerFormat::kCompletions,
        AnswerFormat::kResponses, AnswerFormat::kEmbeddings,
        AnswerFormat::kMessages, AnswerFormat::kGenerate,
        AnswerFormat::kOpaque}) {
    const auto whole = dataplane::ReadUsageOfWhole(format, input);
    CheckCounts(whole.usage);
    dataplane::UsageTap tap(format);
    InPieces(input, [&tap](std::string_view piece) {
      tap.See(piece);
      return true;
    });
    Check(tap.Read() == whole, "pieces change no count");
  }
}

}  // namespace weir::fuzz
