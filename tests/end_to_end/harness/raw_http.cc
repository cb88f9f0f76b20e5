#include "tests/end_to_end/harness/raw_http.h"

#include <regex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/end_to_end/harness/socket.h"

namespace weir::testing {
absl::StatusOr<RawAnswer> SendRaw(const std::string& address,
                                  const std::string& bytes,
                                  absl::Duration silence) {
  const Socket socket;
  if (absl::Status status = socket.Connect(address); !status.ok()) {
    return status;
  }
  socket.Write(bytes);
  RawAnswer answer;
  while (!answer.closed && socket.Readable(silence)) {
    answer.closed = !socket.Read(answer.bytes);
  }
  // Our answers are JSON without line ends, so a status line that begins a line
  // begins an answer.
  static const std::regex kStatusLine(R"((^|\n|\})HTTP/1\.[01] ([0-9]{3}) )");
  for (std::sregex_iterator
           match(answer.bytes.begin(), answer.bytes.end(), kStatusLine),
       end;
       match != end; ++match) {
    answer.statuses.push_back(std::stoi(match->str(2)));
  }
  return answer;
}

}  // namespace weir::testing
