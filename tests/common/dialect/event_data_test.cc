#include "common/dialect/canonical/event_data.h"

#include <cstddef>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace weir::dialect::canonical {
namespace {

std::vector<std::string> Events(const std::vector<std::string>& pieces) {
  EventData events;
  std::vector<std::string> all;
  for (const std::string& piece : pieces) {
    events.Feed(piece);
    while (const auto data = events.Next()) all.emplace_back(*data);
  }
  return all;
}

struct EventsCase {
  std::string name;
  std::string stream;
  std::vector<std::string> want;
};

class EventDataTest : public ::testing::TestWithParam<EventsCase> {};

TEST_P(EventDataTest, IsTheSameHoweverDivided) {
  const auto& [name, stream, want] = GetParam();
  EXPECT_EQ(Events({stream}), want);
  std::vector<std::string> single;
  for (std::size_t i = 0; i < stream.size(); ++i) {
    single.push_back(stream.substr(i, 1));
    for (std::size_t k = i; k <= stream.size(); ++k) {
      ASSERT_EQ(Events({stream.substr(0, i), stream.substr(i, k - i),
                        stream.substr(k)}),
                want)
          << "divided at " << i << " and " << k;
    }
  }
  EXPECT_EQ(Events(single), want) << "byte by byte";
}

// Copied line by line into what came before, this would take an hour.
TEST(EventDataManyLinesTest, EachIsReadOnce) {
  constexpr std::size_t kLines = 4'000'000;
  std::string stream;
  for (std::size_t i = 0; i < kLines; ++i) stream += "data:\n";
  stream += '\n';
  EXPECT_EQ(Events({stream}),
            std::vector<std::string>{std::string(kLines - 1, '\n')});
}

INSTANTIATE_TEST_SUITE_P(
    Table, EventDataTest,
    ::testing::ValuesIn<EventsCase>({
        {"Nothing", "", {}},
        {"One", "data: a\n\n", {"a"}},
        {"Two", "data: a\n\ndata: b\n\n", {"a", "b"}},
        {"Crs", "data: a\r\n\r\ndata: b\r\n\r\n", {"a", "b"}},
        {"Mixed", "data: a\n\r\ndata: b\r\n\n", {"a", "b"}},
        {"NotWhole", "data: a\n\ndata: b\n", {"a"}},
        {"WithoutSpace", "data:a\n\n", {"a"}},
        {"OtherFields", "event: x\nid: 1\ndata: a\nretry: 7\n\n", {"a"}},
        {"Lines", "data: a\ndata: b\n\n", {"a\nb"}},
        {"LinesTwice",
         "data: a\ndata: b\ndata: c\n\ndata: d\n\ndata: e\ndata: f\n\n",
         {"a\nb\nc", "d", "e\nf"}},
        {"EmptyLines", "data:\ndata:\n\n", {"\n"}},
        {"Comment", ": ping\n\ndata: a\n\n", {"", "a"}},
        {"NoData", "event: ping\n\n", {""}},
        {"BlankFirst", "\ndata: a\n\n", {"", "a"}},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::dialect::canonical
