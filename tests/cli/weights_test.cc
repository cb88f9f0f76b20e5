#include <string>

#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

class WeightsTest : public ServedTest {
 protected:
  WeightsTest() {
    admin_.weights_answer.mutable_version()->set_epoch(2);
    admin_.weights_answer.mutable_version()->set_sequence(17);
    auto& model = *admin_.weights_answer.mutable_weights()->add_models();
    model.set_model("gpt-4.1");
    auto& everywhere = *model.add_regions();
    auto& relay = *everywhere.add_targets();
    relay.set_provider("relay");
    relay.set_upstream_model("gpt-4.1");
    relay.set_weight(2.0 / 3);
    relay.set_state(routing::v1::TARGET_STATE_HEALTHY);
    relay.set_score(92);
    auto& direct = *model.add_regions();
    direct.set_region("sg");
    auto& target = *direct.add_targets();
    target.set_provider("direct");
    target.set_upstream_model("gpt");
    target.set_rank(1);
    target.set_state(routing::v1::TARGET_STATE_UNKNOWN);
  }
};

TEST_F(WeightsTest, AreShownByModelAndRegion) {
  EXPECT_EQ(
      Weirctl({"weights"}).out,
      "MODEL    REGION  PROVIDER  UPSTREAM  WEIGHT  RANK  STATE    SCORE\n"
      "gpt-4.1  *       relay     gpt-4.1    0.667     0  healthy     92\n"
      "gpt-4.1  sg      direct    gpt        0.000     1  unknown      -\n"
      "version 2.17\n");
}

TEST_F(WeightsTest, AreExactInJson) {
  EXPECT_THAT(Weirctl({"weights", "-o", "json"}).out,
              ::testing::HasSubstr("\"weight\": 0.66666666666666663"));
}

TEST_F(WeightsTest, BeforeTheFirstThereAreNone) {
  admin_.weights_answer.Clear();
  EXPECT_EQ(Weirctl({"weights"}).out,
            "MODEL  REGION  PROVIDER  UPSTREAM  WEIGHT  RANK  STATE  SCORE\n");
}

}  // namespace
}  // namespace weir::cli
