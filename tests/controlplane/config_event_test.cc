#include "controlplane/config_event.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

Change Created(const std::string& name) {
  return {ChangeKind::kCreated, "model", name, {}};
}

TEST(ConfigEventTest, NamesWhatChanged) {
  EXPECT_EQ(ConfigEventText(7, {{ChangeKind::kUpdated, "provider", "relay", {}},
                                {ChangeKind::kRemoved, "model", "chat", {}},
                                {ChangeKind::kUpdated, "policy", "", {}}}),
            "revision 7: provider relay updated, model chat removed, policy "
            "updated");
}

TEST(ConfigEventTest, OfManyChangesTheFirstAndTheirNumber) {
  std::vector<Change> changes;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g"}) {
    changes.push_back(Created(name));
  }
  EXPECT_EQ(ConfigEventText(1, changes),
            "revision 1: model a created, model b created, model c created, "
            "model d created, model e created and 2 more");
}

TEST(ConfigEventTest, AnotherOrderIsARevisionToo) {
  EXPECT_EQ(ConfigEventText(3, {}), "revision 3: another order");
}

}  // namespace
}  // namespace weir::controlplane
