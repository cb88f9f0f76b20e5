#include "dataplane/access/access_log_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "dataplane/access/access_log.h"
#include "dataplane/access/access_log_carrier.h"
#include "tests/dataplane/usage/temporary_directory.h"
#include "tests/testing/status_matchers.h"

namespace weir::dataplane {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

class AccessLogFileTest : public ::testing::Test {
 protected:
  std::unique_ptr<AccessLogFile> Open(std::size_t most = 1 << 20) {
    auto file = AccessLogFile::Open(path_, most);
    EXPECT_TRUE(file.ok()) << file.status();
    return *std::move(file);
  }
  std::string Content() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const testing::TemporaryDirectory directory_;
  const std::string path_ = directory_.path() + "/access.log";
};

TEST_F(AccessLogFileTest, AppendsInOrder) {
  Open()->Write("a\n");
  {
    const auto file = Open();
    file->Write("b\nc\n");
    file->Write("");
    file->Write("d\n");
  }
  EXPECT_EQ(Content(), "a\nb\nc\nd\n");
}

TEST_F(AccessLogFileTest, WhatDoesNotFitIsCounted) {
  const auto file = Open(3);
  file->Write("1\n2\n");
  EXPECT_EQ(file->lines_dropped(), 2U);
}

TEST_F(AccessLogFileTest, APlaceThatIsNoneIsTheOptionsFault) {
  EXPECT_THAT(AccessLogFile::Open(directory_.path() + "/no/such").status(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("--access-log")));
}

TEST_F(AccessLogFileTest, WhatCantBeWrittenIsCounted) {
  auto file = AccessLogFile::Open("/dev/full", 1 << 20);
  ASSERT_TRUE(file.ok()) << file.status();
  (*file)->Write("a\nb\n");
  while ((*file)->lines_dropped() < 2) std::this_thread::yield();
  EXPECT_EQ((*file)->lines_written(), 0U);
}

TEST_F(AccessLogFileTest, ACarrierAsksAgainAndAgain) {
  boost::asio::io_context loop;
  int asked = 0;
  AccessLogCarrier carrier(
      loop.get_executor(), Open(),
      {[&asked](std::function<void(AccessLog::Lines)> done) {
        ++asked;
        done({"line\n", 1});
      }},
      absl::ZeroDuration());
  while (carrier.lines_written() < 3) {
    loop.run_one_for(std::chrono::milliseconds(1));
  }
  EXPECT_GE(asked, 3);
  EXPECT_GE(carrier.lines_dropped(), 3U);
}

}  // namespace
}  // namespace weir::dataplane
