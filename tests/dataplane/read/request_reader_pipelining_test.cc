// Requests that follow each other on a connection, as a session reads them: the
// client is watched while one is served.

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "dataplane/io/stream.h"
#include "dataplane/read/request_reader.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/test_loop.h"
#include "tests/dataplane/read/reader_fixture.h"

namespace weir::dataplane {
namespace {

using testing::Chunk;
using testing::ChunkedHead;
using testing::kLastChunk;
using testing::Post;
using testing::Started;
using testing::StartedPeer;

class PipeliningTest : public testing::ReaderFixture,
                       public io::Stream::Watcher {
 protected:
  void OnInputOrEnd() override { stream_->Watch(this); }

  // A request is served: whatever has come by now is read meanwhile.
  void Serve() {
    stream_->Watch(this);
    loop_.Settle();
    stream_->Watch(nullptr);
    reader_.Finish();
  }
};

TEST_F(PipeliningTest, RequestsInOnePieceAreReadOneByOne) {
  ClientSends(Post("one") + Post("two") + ChunkedHead() + Chunk("three") +
              std::string(kLastChunk) + Post("four"));
  for (const char* body : {"one", "two", "three", "four"}) {
    EXPECT_EQ(Next(), std::string("POST /p ") + body);
    Serve();
  }
}

TEST_F(PipeliningTest, RequestsThatComeWhileOneIsServedAreReadAfterIt) {
  ClientSends(Post("one"));
  EXPECT_EQ(Next(), "POST /p one");
  ClientSends(Post("two"));
  Serve();
  EXPECT_EQ(Next(), "POST /p two");
}

// The read that watched the client is pending still when the next head is
// already there: it, and no other, brings the body's begin.
TEST_F(PipeliningTest, ARequestMayBeCutAnywhereWhileTheOneBeforeIsServed) {
  for (const std::string& second :
       {Post("hello world"),
        ChunkedHead() + Chunk("hello world") + std::string(kLastChunk)}) {
    for (std::size_t cut = 0; cut <= second.size(); ++cut) {
      SCOPED_TRACE(cut);
      ClientSends(Post("first") + second.substr(0, cut));
      ASSERT_EQ(Next(), "POST /p first");
      Serve();
      Started next(loop_, Read());
      loop_.Settle();
      ClientSends(second.substr(cut) + Post("third"));
      ASSERT_EQ(Text(next.Result()), "POST /p hello world");
      Serve();
      ASSERT_EQ(Next(), "POST /p third");
      Serve();
    }
  }
}

TEST_F(PipeliningTest, ALargeBodyIsReadThroughAPendingRead) {
  const std::string body(200'000, 'b');
  const std::string second = Post(body);
  ClientSends(Post("first") + second.substr(0, 100));
  ASSERT_EQ(Next(), "POST /p first");
  Serve();
  StartedPeer sending(loop_, SendAll(second.substr(100)));
  EXPECT_TRUE(Next() == "POST /p " + body);
}

TEST_F(PipeliningTest, TheInvitationComesThoughAReadIsPending) {
  const std::string second = Post("abc", "expect: 100-continue\r\n");
  ClientSends(Post("first") + second.substr(0, second.size() - 3));
  ASSERT_EQ(Next(), "POST /p first");
  Serve();
  Started next(loop_, Read());
  loop_.RunUntil([&] { return pair_.theirs.available() > 0; });
  ClientSends("abc");
  EXPECT_EQ(Text(next.Result()), "POST /p abc");
}

// More than the input buffer has room for stands behind the chunked body.
TEST_F(PipeliningTest, MuchBehindAChunkedBodyIsTheNextRequest) {
  const std::string large(50'000, 'l');
  const std::string chunks =
      Chunk(std::string(60'000, 'c')) + Chunk("end") + std::string(kLastChunk);
  StartedPeer sending(
      loop_, SendAll(ChunkedHead() + chunks + Post(large) + Post("third")));
  EXPECT_TRUE(Next() == "POST /p " + std::string(60'000, 'c') + "end");
  Serve();
  EXPECT_TRUE(Next() == "POST /p " + large);
  Serve();
  EXPECT_EQ(Next(), "POST /p third");
}

}  // namespace
}  // namespace weir::dataplane
