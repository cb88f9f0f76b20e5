#include "dataplane/relay/answer_framing.h"

#include "dataplane/account/answer_head.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/http1/head.h"
#include "dataplane/request.h"

namespace weir::dataplane {

AnswerFraming FramingOf(const Request& request, const Answer& answer) {
  const http1::ResponseHead& head = answer.exchange->head();
  if (head.status == 204 || head.status == 304) return NoBody{};
  if (request.head->method == http1::Method::kHead) {
    return KnownLength{head.content_length};
  }
  if (answer.complete && !answer.is_stream) {
    return KnownLength{answer.held().size()};
  }
  if (!answer.is_stream && head.framing == http1::BodyFraming::kLength) {
    return KnownLength{head.content_length};
  }
  if (request.head->minor_version == 0) return UntilClose{};
  return Chunked{};
}

}  // namespace weir::dataplane
