#include "dataplane/understand/conversation_key.h"

#include <optional>

#include "common/stable_hash.h"
#include "dataplane/understand/body_scan.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

constexpr ConversationMarks kAll{
    .cache_key = R"("key")", .user = R"("user")", .prefix = R"("prefix")"};

TEST(ConversationKeysTest, TheHeaderGoesBeforeTheBody) {
  EXPECT_EQ(ConversationKeysOf("s", kAll).by_session, StableHash("s"));
  EXPECT_EQ(ConversationKeysOf("", kAll).by_session, StableHash(R"("key")"));
}

TEST(ConversationKeysTest, ThenWhatTheBodySaysThenItsBeginning) {
  ConversationMarks marks = kAll;
  marks.cache_key = {};
  EXPECT_EQ(ConversationKeysOf("", marks).by_session, StableHash(R"("user")"));
  marks.user = {};
  EXPECT_EQ(ConversationKeysOf("", marks).by_session,
            StableHash(R"("prefix")"));
  marks.prefix = {};
  EXPECT_EQ(ConversationKeysOf("", marks).by_session, std::nullopt);
}

TEST(ConversationKeysTest, ThePrefixIsThePrefixAlone) {
  EXPECT_EQ(ConversationKeysOf("s", kAll).by_prefix, StableHash(R"("prefix")"));
  EXPECT_EQ(ConversationKeysOf("s", {}).by_prefix, std::nullopt);
}

}  // namespace
}  // namespace weir::dataplane
