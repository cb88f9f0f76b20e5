// Streams that have been asked for and are not read.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_OPEN_STREAMS_H_
#define WEIR_TESTS_END_TO_END_HARNESS_OPEN_STREAMS_H_

#include <deque>

#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/socket.h"

namespace weir::testing {

class OpenStreams {
 public:
  // Asks the fleet's first node for `count` more, of model gpt-4.1. A fatal
  // failure of the test where it does not accept them. `receive_buffer`: what
  // the kernel takes in for each, in bytes; 0 is its own choice.
  void Open(Fleet& fleet, int count, int receive_buffer = 0);

  // Leaves all of them.
  void Close() { sockets_.clear(); }

  // Reads each to its end; how many were whole.
  int ReadToTheirEnds();

 private:
  std::deque<Socket> sockets_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_OPEN_STREAMS_H_
