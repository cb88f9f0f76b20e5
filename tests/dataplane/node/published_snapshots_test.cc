#include "dataplane/published_snapshots.h"

#include <memory>

#include "dataplane/snapshot.h"
#include "gtest/gtest.h"

namespace weir::dataplane {
namespace {

Snapshot NewSnapshot() {
  return {.config = std::make_shared<RoutingConfig>(),
          .weights = std::make_shared<RoutingWeights>()};
}

TEST(PublishedSnapshotsTest, WhatAWorkerDropsLastIsFreedLater) {
  PublishedSnapshots published;
  Snapshot worker = NewSnapshot();
  const std::weak_ptr<const RoutingConfig> first = worker.config;
  published.Publish(worker);
  published.Publish(NewSnapshot());
  published.FreeUnused();
  worker = published.current();
  EXPECT_FALSE(first.expired());
  published.FreeUnused();
  EXPECT_TRUE(first.expired());
}

TEST(PublishedSnapshotsTest, WhatIsCurrentStays) {
  PublishedSnapshots published;
  published.Publish(NewSnapshot());
  const std::weak_ptr<const RoutingConfig> config = published.current().config;
  Snapshot other_weights = published.current();
  other_weights.weights = std::make_shared<RoutingWeights>();
  published.Publish(other_weights);
  published.FreeUnused();
  EXPECT_FALSE(config.expired());
}

}  // namespace
}  // namespace weir::dataplane
