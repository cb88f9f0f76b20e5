#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "cli/session.h"
#include "cli/verbs.h"

namespace weir::cli {
namespace {

// Each script hands the words to `weirctl __complete`, which knows the verbs,
// the flags and the registry's names; where it has no answer the shell offers
// files.
constexpr char kBash[] = R"sh(# source <(weirctl completion bash)
_weirctl() {
  local IFS=$'\n'
  COMPREPLY=($(weirctl __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _weirctl weirctl
)sh";

constexpr char kZsh[] = R"sh(#compdef weirctl
# source <(weirctl completion zsh)
_weirctl() {
  local -a candidates
  candidates=(${(f)"$(weirctl __complete "${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( ${#candidates} )); then
    compadd -a candidates
  else
    _files
  fi
}
compdef _weirctl weirctl
)sh";

constexpr char kFish[] = R"sh(# weirctl completion fish | source
function __weirctl_complete
  set -l words (commandline -opc) (commandline -ct)
  weirctl __complete $words[2..-1] 2>/dev/null
end
complete -c weirctl -f -a '(__weirctl_complete)'
complete -c weirctl -s f -l file -r -F
)sh";

absl::Status Completion(Session& session, const std::string& shell) {
  session.io().out << (shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish);
  return absl::OkStatus();
}

}  // namespace

void AddCompletion(CLI::App& app, Session& session) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(
      "completion", "Print a completion script for bash, zsh or fish");
  command->add_option("SHELL", *shell, "Which shell")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer(
      "For now: source <(weirctl completion bash)\n"
      "For ever: weirctl completion bash > "
      "/etc/bash_completion.d/weirctl");
  command->callback([&session, shell] {
    session.Choose([shell](Session& s) { return Completion(s, *shell); });
  });
}

}  // namespace weir::cli
