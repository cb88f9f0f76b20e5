// A request reader on one end of a connection, the test on the other.
#ifndef WEIR_TESTS_DATAPLANE_READ_READER_FIXTURE_H_
#define WEIR_TESTS_DATAPLANE_READ_READER_FIXTURE_H_

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/concat.h"
#include "common/dialect/dialect.h"
#include "common/net/transport.h"
#include "dataplane/io/stream.h"
#include "dataplane/read/admission.h"
#include "dataplane/read/request_reader.h"
#include "dataplane/worker.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/test_loop.h"

namespace weir::testing {

class ReaderFixture : public ::testing::Test {
 protected:
  void ClientSends(std::string_view bytes) {
    boost::asio::write(pair_.theirs,
                       boost::asio::buffer(bytes.data(), bytes.size()));
  }
  // Beside the test, as the other side takes it.
  boost::asio::awaitable<bool> SendAll(std::string bytes) {
    const auto [error, sent] = co_await boost::asio::async_write(
        pair_.theirs, boost::asio::buffer(bytes), net::kUseTuple);
    co_return !error;
  }

  // As a session does.
  dataplane::io::Task<dataplane::ReadOutcome> Read() {
    auto outcome = co_await reader_.ReadHead();
    if (!outcome.has_value()) co_return co_await reader_.ReadBody();
    co_return *std::move(outcome);
  }
  // What the reader makes of what comes: `METHOD PATH BODY`, or the status and
  // the code of its refusal, or `gone`.
  std::string Next() { return Text(loop_.Run(Read())); }
  std::string Text(const dataplane::ReadOutcome& outcome) {
    if (std::holds_alternative<dataplane::Gone>(outcome)) return "gone";
    if (const auto* error = std::get_if<dialect::ApiError>(&outcome)) {
      return Concat(error->status, " ", error->code);
    }
    const auto& request = std::get<dataplane::IncomingRequest>(outcome);
    return Concat(request.head->method_text, " ", request.head->path, " ",
                  request.body);
  }

  TestLoop loop_;
  SocketPair pair_{loop_.context};
  const std::shared_ptr<dataplane::io::Stream> stream_ =
      std::make_shared<dataplane::io::Stream>(std::move(pair_.ours));
  dataplane::WorkerLimits limits_;
  dataplane::Admission admission_{limits_};
  dataplane::RequestReader reader_{*stream_, loop_.wheel, admission_, limits_};
};

// A POST with a length. `headers` are lines, each with its CRLF.
inline std::string Post(std::string_view body, std::string_view headers = "") {
  return Concat("POST /p HTTP/1.1\r\nhost: h\r\n", headers,
                "content-length: ", body.size(), "\r\n\r\n", body);
}

inline std::string ChunkedHead(std::string_view headers = "") {
  return Concat("POST /p HTTP/1.1\r\nhost: h\r\n", headers,
                "transfer-encoding: chunked\r\n\r\n");
}

}  // namespace weir::testing

#endif  // WEIR_TESTS_DATAPLANE_READ_READER_FIXTURE_H_
