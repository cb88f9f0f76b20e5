#include "common/dialect/responses/part_logprobs.h"

#include <string>
#include <string_view>

#include "common/concat.h"
#include "common/dialect/canonical/logprobs.h"
#include "common/dialect/json_writer.h"
#include "common/dialect/openai/chat_logprobs.h"

namespace weir::dialect {

std::string LogprobList(const canonical::Logprobs* logprobs) {
  if (logprobs == nullptr) return "[]";
  std::string list;
  JsonWriter json(list);
  json.BeginArray();
  WriteTokenLogprobs(*logprobs, json);
  json.EndArray();
  return list;
}

void JoinLists(std::string_view more, std::string& list) {
  more.remove_prefix(1);
  if (more == "]") return;
  list.pop_back();
  Append(list, list.size() > 1 ? "," : "", more);
}

}  // namespace weir::dialect
