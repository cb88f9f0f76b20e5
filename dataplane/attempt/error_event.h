// What an error inside a 200 stream would have been as a status.
#ifndef WEIR_DATAPLANE_ATTEMPT_ERROR_EVENT_H_
#define WEIR_DATAPLANE_ATTEMPT_ERROR_EVENT_H_

#include <string_view>

namespace weir::dataplane {

// The status that the error object in `data` stands for. Its `code`, `status`
// and `type` are looked at, in this order, as numbers (vLLM, SGLang,
// OpenRouter, Google: `"code":429`) and by the names that OpenAI, Anthropic and
// Google give to statuses; messages, where a client's own words may be quoted,
// are not. 500 for what says none of these. Pure.
int StatusOfErrorEvent(std::string_view data);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ATTEMPT_ERROR_EVENT_H_
