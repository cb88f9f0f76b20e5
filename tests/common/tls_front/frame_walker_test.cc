#include "common/tls_front/frame_walker.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::tls_front {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::string_view kField = "<field>";

enum Type : unsigned char {
  kData = 0,
  kHeaders = 1,
  kSettings = 4,
  kPushPromise = 5,
  kContinuation = 9,
};
constexpr int kEndHeaders = 0x4;

std::string Frame(Type type, int flags, std::string_view payload,
                  int stream = 5) {
  const std::size_t size = payload.size();
  std::string frame;
  for (const std::size_t byte :
       {size >> 16, size >> 8, size, static_cast<std::size_t>(type),
        static_cast<std::size_t>(flags), std::size_t{0}, std::size_t{0},
        std::size_t{1}, static_cast<std::size_t>(stream)}) {
    frame.push_back(static_cast<char>(byte));
  }
  return frame.append(payload);
}

// What comes out where `in` comes in pieces of `size` bytes.
std::string Walked(std::string_view in, std::size_t size,
                   std::string_view field = kField) {
  FrameWalker walker;
  std::string out;
  for (; !in.empty(); in.remove_prefix(std::min(size, in.size()))) {
    walker.Walk(in.substr(0, size), field, out);
  }
  return out;
}

struct WalkCase {
  const char* name;
  // Both behind the preface.
  std::string in;
  std::string want;
};

class FrameWalkerTest : public ::testing::TestWithParam<WalkCase> {};

TEST_P(FrameWalkerTest, FollowsTheTableHoweverItComes) {
  const std::string in = std::string(kPreface) + GetParam().in;
  const std::string want = std::string(kPreface) + GetParam().want;
  for (std::size_t size = 1; size <= in.size(); ++size) {
    EXPECT_EQ(Walked(in, size), want) << "pieces of " << size;
  }
}

// The field's own frame.
std::string Added(int stream = 5) {
  return Frame(kContinuation, kEndHeaders, kField, stream);
}

INSTANTIATE_TEST_SUITE_P(
    Table, FrameWalkerTest,
    ::testing::ValuesIn(std::vector<WalkCase>{
        {"NothingButThePreface", "", ""},
        {"OtherFramesPass",
         Frame(kSettings, 0, "six b.", 0) + Frame(kData, 1, "END_STREAM"),
         Frame(kSettings, 0, "six b.", 0) + Frame(kData, 1, "END_STREAM")},
        {"AFlagOfTheSameBitMeansNothingElsewhere",
         Frame(kData, kEndHeaders, "x") + Frame(kPushPromise, kEndHeaders, "x"),
         Frame(kData, kEndHeaders, "x") +
             Frame(kPushPromise, kEndHeaders, "x")},
        {"HeadersEndWithTheField", Frame(kHeaders, kEndHeaders, "block"),
         Frame(kHeaders, 0, "block") + Added()},
        {"OtherFlagsStay",
         // END_STREAM, PADDED, PRIORITY.
         Frame(kHeaders, kEndHeaders | 0x29, "block"),
         Frame(kHeaders, 0x29, "block") + Added()},
        {"ABlockWithoutBytesHasTheFieldToo", Frame(kHeaders, kEndHeaders, ""),
         Frame(kHeaders, 0, "") + Added()},
        {"ABlockThatGoesOnHasItAtItsEnd",
         Frame(kHeaders, 1, "one") + Frame(kContinuation, 0, "two") +
             Frame(kContinuation, kEndHeaders, "three"),
         Frame(kHeaders, 1, "one") + Frame(kContinuation, 0, "two") +
             Frame(kContinuation, 0, "three") + Added()},
        {"AContinuationWithoutBytesEndsIt",
         Frame(kHeaders, 0, "one") + Frame(kContinuation, kEndHeaders, ""),
         Frame(kHeaders, 0, "one") + Frame(kContinuation, 0, "") + Added()},
        {"EachBlockOfEachStreamHasIt",
         Frame(kHeaders, kEndHeaders, "a", 1) + Frame(kData, 0, "x", 1) +
             Frame(kHeaders, kEndHeaders, "b", 3) +
             Frame(kHeaders, kEndHeaders, "trailers", 1),
         Frame(kHeaders, 0, "a", 1) + Added(1) + Frame(kData, 0, "x", 1) +
             Frame(kHeaders, 0, "b", 3) + Added(3) +
             Frame(kHeaders, 0, "trailers", 1) + Added(1)},
        {"APayloadThatLooksLikeFramesIsNone",
         Frame(kData, 0, Frame(kHeaders, kEndHeaders, "block")),
         Frame(kData, 0, Frame(kHeaders, kEndHeaders, "block"))},
        {"AFrameThatIsNotAllThereIsPassedAsFarAsItCame",
         Frame(kHeaders, kEndHeaders, "block").substr(0, 12),
         Frame(kHeaders, 0, "block").substr(0, 12)},
        {"OfAFramesHeaderNothingIsPassedBeforeItIsWhole",
         Frame(kHeaders, kEndHeaders, "block").substr(0, 8), ""},
    }),
    [](const auto& test) { return test.param.name; });

TEST(FrameWalkerTest, LengthsHaveThreeBytes) {
  const std::string block(0x12345, 'b');
  const std::string field(FrameWalker::kMaxFieldBytes, 'f');
  const std::string in =
      std::string(kPreface) + Frame(kHeaders, kEndHeaders, block);
  EXPECT_EQ(Walked(in, 1000, field),
            std::string(kPreface) + Frame(kHeaders, 0, block) +
                Frame(kContinuation, kEndHeaders, field));
}

}  // namespace
}  // namespace weir::tls_front
