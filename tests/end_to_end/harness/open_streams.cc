#include "tests/end_to_end/harness/open_streams.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace weir::testing {
namespace {

std::string StreamRequest(Fleet& fleet) {
  const std::string body = ChatBody("gpt-4.1", Answering::kStream);
  return absl::StrCat("POST /v1/chat/completions HTTP/1.1\r\nhost: weir\r\n",
                      "authorization: Bearer ", fleet.key(),
                      "\r\ncontent-type: application/json\r\ncontent-length: ",
                      body.size(), "\r\n\r\n", body);
}

// A login shell's limit is often 1024.
void RaiseDescriptorLimit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

void OpenStreams::Open(Fleet& fleet, int count, int receive_buffer) {
  RaiseDescriptorLimit();
  const std::string request = StreamRequest(fleet);
  for (int i = 0; i < count; ++i) {
    const Socket& socket = sockets_.emplace_back();
    if (receive_buffer > 0) socket.LimitReceiveBuffer(receive_buffer);
    const absl::Status connected = socket.Connect(fleet.Api());
    ASSERT_TRUE(connected.ok()) << connected;
    socket.Write(request);
  }
}

int OpenStreams::ReadToTheirEnds() {
  int whole = 0;
  for (const Socket& socket : sockets_) {
    std::string bytes;
    while (!absl::EndsWith(bytes, "0\r\n\r\n") &&
           socket.Readable(absl::Seconds(10)) && socket.Read(bytes)) {
    }
    if (absl::StrContains(bytes, "data: [DONE]")) ++whole;
  }
  return whole;
}

}  // namespace weir::testing
