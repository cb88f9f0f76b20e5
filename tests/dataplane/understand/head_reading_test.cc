#include "dataplane/understand/head_reading.h"

#include <string>
#include <string_view>

#include "dataplane/http1/head.h"
#include "dataplane/http1/repeated_head.h"
#include "dataplane/request.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

std::string Post(std::string_view path, std::string_view lines,
                 std::string_view length = "10") {
  std::string head = "POST ";
  head.append(path).append(" HTTP/1.1\r\nHost: weir\r\n").append(lines);
  return head.append("Content-Length: ").append(length).append("\r\n\r\n");
}

// One connection.
class HeadReadingTest : public ::testing::Test {
 protected:
  // Reads a head, and says whether that is what a new reader reads.
  void Read(const std::string& head) {
    SCOPED_TRACE(head);
    ASSERT_EQ(heads_.Parse(std::string(head)).state,
              http1::ParseState::kComplete);
    reading_.Read(heads_.head());
    http1::RequestHead alone;
    http1::ParseRequestHead(head, alone);
    HeadReading afresh;
    afresh.Read(alone);
    EXPECT_EQ(reading_.route().endpoint, afresh.route().endpoint);
    EXPECT_EQ(reading_.route().wrong_method, afresh.route().wrong_method);
    EXPECT_EQ(reading_.route().upstream_path, afresh.route().upstream_path);
    EXPECT_EQ(reading_.route().model_in_path, afresh.route().model_in_path);
    EXPECT_EQ(reading_.route().dialect, afresh.route().dialect);
    EXPECT_EQ(reading_.wishes(), afresh.wishes());
  }

  http1::RepeatedHead heads_;
  HeadReading reading_;
};

TEST_F(HeadReadingTest, SaysWhatEachHeadSays) {
  const std::string chat = Post("/v1/chat/completions", "");
  const std::string wish =
      Post("/v1/chat/completions", "x-weir-class: complex\r\n");
  const std::string gemini = Post("/v1beta/models/m:generateContent", "");
  for (const std::string& head :
       {chat, chat, wish, wish, chat,
        Post("/v1/chat/completions", "x-weir-class: normal\r\n"),
        Post("/v1/chat/completions", "x-weir-session: a\r\n"),
        Post("/v1/chat/completions", "x-weir-session: b\r\n"), gemini, gemini,
        Post("/v1beta/models/n:generateContent", ""), Post("/v1/messages", ""),
        chat}) {
    Read(head);
  }
}

TEST_F(HeadReadingTest, AnotherLengthIsTheSameHead) {
  Read(Post("/v1/chat/completions", "x-weir-region: eu\r\n", "10"));
  Read(Post("/v1/chat/completions", "x-weir-region: eu\r\n", "20"));
  EXPECT_EQ(reading_.wishes().region, "eu");
}

TEST_F(HeadReadingTest, HeadsOfNoConnectionAreReadEachTime) {
  http1::RequestHead head;
  const std::string chat = Post("/v1/chat/completions", "");
  http1::ParseRequestHead(chat, head);
  reading_.Read(head);
  const std::string other = Post("/v1/embeddings", "x-weir-region: eu\r\n");
  http1::ParseRequestHead(other, head);
  reading_.Read(head);
  EXPECT_EQ(reading_.route().endpoint, Endpoint::kEmbeddings);
  EXPECT_EQ(reading_.wishes().region, "eu");
}

}  // namespace
}  // namespace weir::dataplane
