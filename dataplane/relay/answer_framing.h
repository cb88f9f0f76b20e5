// How an answer is framed for its client.
#ifndef WEIR_DATAPLANE_RELAY_ANSWER_FRAMING_H_
#define WEIR_DATAPLANE_RELAY_ANSWER_FRAMING_H_

#include "dataplane/account/answer_head.h"
#include "dataplane/attempt/answer.h"
#include "dataplane/request.h"

namespace weir::dataplane {

// A length where it is known, chunks where the client takes them. Pure.
AnswerFraming FramingOf(const Request& request, const Answer& answer);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_ANSWER_FRAMING_H_
