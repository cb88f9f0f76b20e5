#include "tests/end_to_end/harness/server.h"

#include <signal.h>

#include <optional>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tests/end_to_end/harness/eventually.h"

namespace weir::testing {
namespace {

// Sanitizer builds on a busy machine take their time.
constexpr absl::Duration kStartLimit = absl::Seconds(30);
constexpr std::size_t kShownBytes = 4000;

}  // namespace

std::filesystem::path BinaryFolder() { return WEIR_BINARY_DIR; }

Server::Server(ServerSpec spec, std::filesystem::path folder)
    : spec_(std::move(spec)), folder_(std::move(folder)) {}

absl::Status Server::Start() {
  Command command{.program = BinaryFolder() / spec_.binary,
                  .arguments = spec_.flags};
  for (const auto& [flag, word] : spec_.listens) {
    const auto known = addresses_.find(word);
    command.arguments.push_back(flag);
    command.arguments.push_back(known == addresses_.end() ? "127.0.0.1:0"
                                                          : known->second);
  }
  absl::StatusOr<std::unique_ptr<Process>> process = Process::Start(
      command, folder_ / absl::StrCat(spec_.name, ".", ++starts_, ".log"));
  if (!process.ok()) return process.status();
  process_ = *std::move(process);
  return ReadAddresses();
}

absl::Status Server::ReadAddresses() {
  static const std::regex kAddress(R"((\w+) (127\.0\.0\.1:[0-9]+))");
  const auto listening = [this] {
    const std::string output = process_->Output();
    for (std::sregex_iterator match(output.begin(), output.end(), kAddress),
         end;
         match != end; ++match) {
      addresses_[match->str(1)] = match->str(2);
    }
    for (const auto& [flag, word] : spec_.listens) {
      if (output.find(absl::StrCat(word, " 127.0.0.1:")) == std::string::npos) {
        return false;
      }
    }
    return true;
  };
  // A process that ended will not say more.
  Eventually([&] { return listening() || !running(); }, kStartLimit);
  if (running() && listening()) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat(spec_.name, " does not listen:\n", LastLines()));
}

void Server::Kill() {
  process_->Signal(SIGKILL);
  process_->Wait(absl::Seconds(10));
}

void Server::Terminate() { process_->Signal(SIGTERM); }

absl::StatusOr<int> Server::WaitForEnd(absl::Duration limit) {
  const std::optional<int> code = process_->Wait(limit);
  if (code.has_value()) return *code;
  return absl::DeadlineExceededError(
      absl::StrCat(spec_.name, " still runs:\n", LastLines()));
}

bool Server::running() {
  return process_ != nullptr && !process_->ExitCode().has_value();
}

std::string Server::LastLines() const {
  const std::string output = process_->Output();
  return output.size() < kShownBytes
             ? output
             : output.substr(output.size() - kShownBytes);
}

}  // namespace weir::testing
