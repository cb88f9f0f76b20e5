#include "cli/csv.h"

#include <string>

#include "gtest/gtest.h"
#include "weir/admin/v1/cost.pb.h"

namespace weir::cli {
namespace {

TEST(CsvTest, NoRowsAreNoText) { EXPECT_EQ(Csv({}), ""); }

TEST(CsvTest, ValuesAreWholeAndWhatIsAbsentIsEmpty) {
  ::weir::admin::v1::CostRow row;
  row.set_group("a, \"b\"");
  row.set_requests(12'345'678);
  row.set_cost_usd(0.000125);
  row.mutable_last_used()->set_seconds(86'400);
  EXPECT_EQ(
      Csv({&row}),
      "group,requests,attempts,failures,fresh_input,cache_read,cache_write,"
      "media_input,output,reasoning,media_output,unconfirmed,cost_usd,"
      "unpriced_attempts,share,baseline_usd,cache_savings_usd,"
      "average_latency_ms,p95_latency_ms,last_used\r\n"
      "\"a, \"\"b\"\"\",12345678,0,0,0,0,0,0,0,0,0,0,0.000125,0,0,,0,,,"
      "1970-01-02T00:00:00Z\r\n");
}

}  // namespace
}  // namespace weir::cli
