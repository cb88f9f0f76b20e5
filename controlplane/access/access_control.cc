#include "controlplane/access/access_control.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/concat.h"
#include "common/mutex.h"
#include "common/net/grpc_security.h"
#include "controlplane/access/method_roles.h"
#include "controlplane/access/role.h"
#include "controlplane/access/token_file.h"

namespace weir::controlplane {
namespace {

constexpr absl::Duration kLogInterval = absl::Seconds(1);
constexpr std::string_view kScheme = "Bearer ";

// What a peer said, fit for a log and a message.
std::string Shown(std::string_view text) {
  constexpr std::size_t kMost = 100;
  return absl::CHexEscape(std::string(text.substr(0, kMost)));
}

std::string RoleNames(const std::vector<Role>& roles) {
  std::string names;
  for (const Role role : roles) {
    absl::StrAppend(&names, names.empty() ? "" : ", ",
                    std::string(RoleName(role)));
  }
  return names.empty() ? "no role" : names;
}

bool Changes(Role needed) {
  return needed == Role::kOperator || needed == Role::kAdmin;
}

}  // namespace

absl::StatusOr<AccessControl::Caller> AccessControl::WhoCalls(
    const net::GrpcCall& call) const {
  if (!call.authorization.empty()) {
    if (!call.authorization.starts_with(kScheme)) {
      return absl::UnauthenticatedError(
          "the authorization header has to be Bearer TOKEN");
    }
    if (tokens_ == nullptr) {
      return absl::UnauthenticatedError(
          "this control plane takes no tokens (--token-file); show a "
          "certificate");
    }
    std::optional<Token> token =
        tokens_->Find(call.authorization.substr(kScheme.size()));
    if (token.has_value()) {
      return Caller{absl::StrCat("token ", Shown(token->name)), {token->role}};
    }
    return absl::UnauthenticatedError("the token is not known here");
  }
  if (!call.certificate.has_value()) {
    return absl::UnauthenticatedError(
        "show a certificate (weirctl --tls-cert FILE --tls-key FILE) or a "
        "token (WEIR_TOKEN)");
  }
  Caller caller{
      absl::StrCat("certificate ", Shown(call.certificate->common_name)), {}};
  for (const std::string& uri : call.certificate->uris) {
    if (const std::optional<Role> role = RoleOfUri(uri)) {
      caller.roles.push_back(*role);
    }
  }
  return caller;
}

absl::Status AccessControl::Authorize(const net::GrpcCall& call) {
  const std::optional<Role> needed = NeededRole(call.method);
  if (!needed.has_value()) return absl::OkStatus();
  const absl::StatusOr<Caller> caller = WhoCalls(call);
  if (!caller.ok()) {
    ++unauthenticated_;
    LogRefusal(call, caller.status());
    return caller.status();
  }
  // Who passes a call on has decided on it already.
  const bool relayed = !call.relayed_for.empty();
  const Role role = relayed ? Role::kReplica : *needed;
  const bool may = std::any_of(caller->roles.begin(), caller->roles.end(),
                               [&](Role has) { return Covers(has, role); });
  if (!may) {
    ++forbidden_;
    absl::Status why = absl::PermissionDeniedError(absl::StrCat(
        caller->name, " has ", RoleNames(caller->roles), "; ",
        relayed ? "to pass on " : "", Shown(call.method), " needs ",
        std::string(RoleName(role)), " (a URI weir://role/",
        std::string(RoleName(role)), " in the certificate)"));
    LogRefusal(call, why);
    return why;
  }
  if (Changes(*needed)) {
    spdlog::info("{} calls {}{}", caller->name, Shown(call.method),
                 relayed ? Concat(" for ", Shown(call.relayed_for)) : "");
  }
  return absl::OkStatus();
}

Actor AccessControl::ActorOf(const net::GrpcCall& call) const {
  if (!call.relayed_for.empty()) return ParseActor(call.relayed_for);
  const absl::StatusOr<Caller> caller = WhoCalls(call);
  // The token was taken away in this moment.
  if (!caller.ok()) return {"a token that is gone"};
  std::optional<Role> highest;
  for (const Role role : caller->roles) {
    if (role == Role::kNode) continue;
    if (!highest.has_value() || Covers(role, *highest)) highest = role;
  }
  return {caller->name,
          std::string(highest.has_value() ? RoleName(*highest) : "")};
}

void AccessControl::LogRefusal(const net::GrpcCall& call,
                               const absl::Status& why) {
  std::uint64_t others = 0;
  {
    MutexLock lock(&mutex_);
    const absl::Time now = clock_.Now();
    if (now < next_log_) {
      ++unlogged_;
      return;
    }
    next_log_ = now + kLogInterval;
    others = std::exchange(unlogged_, 0);
  }
  spdlog::warn("refused a call of {}: {} ({} more since the last line)",
               Shown(call.method), std::string(why.message()), others);
}

}  // namespace weir::controlplane
