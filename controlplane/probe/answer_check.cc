#include "controlplane/probe/answer_check.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/dialect/dialect.h"
#include "weir/config/v1/provider.pb.h"

namespace weir::controlplane {
namespace {

namespace v1 = config::v1;

absl::Status CheckShape(v1::ProbeKind kind, const dialect::Dialect& dialect,
                        std::string_view body) {
  if (kind == v1::PROBE_KIND_CHAT) {
    if (dialect.LooksLikeChatAnswer(body)) return absl::OkStatus();
    return absl::InternalError("answer is not a chat completion");
  }
  if (dialect.LooksLikeModelList(body)) return absl::OkStatus();
  return absl::InternalError("answer is not a list of models");
}

// 402 and OpenAI's 429 with this code mean that the account is out of money,
// which waiting does not cure.
bool RefusesCredential(int status, std::string_view body) {
  return status == 401 || status == 402 || status == 403 ||
         (status == 429 &&
          body.find("insufficient_quota") != std::string_view::npos);
}

}  // namespace

absl::Status CheckAnswer(v1::ProbeKind kind, const dialect::Dialect& dialect,
                         int status, std::string_view body) {
  if (status >= 200 && status < 300) return CheckShape(kind, dialect, body);
  if (RefusesCredential(status, body)) {
    return absl::UnauthenticatedError(
        absl::StrCat("credential refused (HTTP ", status, ")"));
  }
  if (status == 429) {
    return absl::ResourceExhaustedError("rate limited (HTTP 429)");
  }
  if (status >= 300 && status < 400) {
    return absl::UnavailableError(
        absl::StrCat("HTTP ", status, ", and redirects are not followed"));
  }
  return absl::UnavailableError(absl::StrCat("HTTP ", status));
}

}  // namespace weir::controlplane
