#include <string>

#include "tests/cli/weirctl_test.h"

namespace weir::cli {
namespace {

using ::testing::HasSubstr;

class NodesTest : public ServedTest {
 protected:
  NodesTest() {
    admin_.nodes_answer.mutable_config()->set_epoch(1);
    admin_.nodes_answer.mutable_config()->set_sequence(5);
    admin::NodeStatus& current = *admin_.nodes_answer.add_nodes();
    current.set_node_id("node-a");
    current.set_region("sg");
    current.set_build_version("0.1.0");
    current.set_listen_address("10.0.0.1:8080");
    current.set_connected(true);
    *current.mutable_config() = admin_.nodes_answer.config();
    current.mutable_since_last_report()->set_seconds(2);
    current.set_requests_in_flight(4);
    current.set_streams_in_flight(3);
    admin::NodeStatus& behind = *admin_.nodes_answer.add_nodes();
    behind.set_node_id("node-b");
    behind.set_connected(true);
    behind.mutable_config()->set_epoch(1);
    behind.mutable_config()->set_sequence(4);
    behind.add_problems("a target has no provider");
    behind.add_warnings("env KEY is not set");
    admin::NodeStatus& gone = *admin_.nodes_answer.add_nodes();
    gone.set_node_id("node-c");
    gone.set_draining(true);
  }
};

TEST_F(NodesTest, SaysWhatEachRunsAndWhetherItShould) {
  EXPECT_EQ(Weirctl({"nodes"}).out,
            "NODE    REGION  STATE      LISTENS        BUILD  CONFIG         "
            "WEIGHTS  "
            "REPORT  REQUESTS  STREAMS  NOTES\n"
            "node-a  sg      connected  10.0.0.1:8080  0.1.0  1.5            - "
            "       "
            "2s ago         4        3  -\n"
            "node-b  -       connected  -              -      1.4 (behind)   - "
            "       "
            "     -         0        0  refused: a target has no provider; env "
            "KEY is "
            "not set\n"
            "node-c  -       gone       -              -      none (behind)  - "
            "       "
            "     -         0        0  -\n");
}

TEST_F(NodesTest, ADrainingNodeIsStillConnected) {
  admin_.nodes_answer.mutable_nodes(2)->set_connected(true);
  EXPECT_THAT(Weirctl({"nodes"}).out, HasSubstr("node-c  -       draining"));
}

TEST_F(NodesTest, JsonIsTheAnswer) {
  EXPECT_THAT(Weirctl({"nodes", "-o", "json"}).out,
              HasSubstr("\"since_last_report\": \"2s\""));
}

}  // namespace
}  // namespace weir::cli
