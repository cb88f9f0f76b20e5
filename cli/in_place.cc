#include "cli/in_place.h"

#include <functional>
#include <optional>
#include <ostream>
#include <string>

namespace weir::cli {
namespace {

// Overwrites the screen line by line; clearing it first would flicker.
std::string OverWhatIsThere(const std::string& text) {
  std::string screen = "\x1b[H";
  for (const char c : text) {
    if (c == '\n') screen += "\x1b[K";
    screen += c;
  }
  return screen + "\x1b[J";
}

}  // namespace

void BeginWatch(Session& session) {
  if (session.is_table() && session.io().out_device == Device::kTerminal) {
    session.io().out << "\x1b[2J";
  }
}

absl::Status ShowNext(
    Session& session, const google::protobuf::Message& response,
    const std::function<std::string(std::optional<int> columns)>& text) {
  const Io& io = session.io();
  if (!session.is_table()) {
    session.PrintStreamed(response);
  } else if (io.out_device == Device::kTerminal) {
    io.out << OverWhatIsThere(text(io.columns()));
  } else {
    io.out << text(std::nullopt) << '\n';
  }
  return session.StillRead();
}

}  // namespace weir::cli
