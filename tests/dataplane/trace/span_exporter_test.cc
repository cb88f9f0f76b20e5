// The exporter against a collector that answers as a test says.
#include "dataplane/trace/span_exporter.h"

#include <grpcpp/security/credentials.h>
#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/random.h"
#include "dataplane/trace/trace_log.h"
#include "tests/dataplane/trace/sample_request.h"
#include "tests/testing/span_receiver.h"

namespace weir::dataplane {
namespace {

using testing::SampleRequest;
using testing::SpanReceiver;

constexpr std::size_t kSpansOfSample = 4;

// A worker that answers at once, on the thread that asks.
class FakeWorker {
 public:
  void Add(int requests) {
    MutexLock lock(&mutex_);
    for (int i = 0; i < requests; ++i) log_.Add(SampleRequest());
  }
  SpanExporter::Source Source() {
    return [this](std::function<void(TraceLog::Batch)> done) {
      ++asked_;
      done(Take());
    };
  }
  TraceLog::Batch Take() {
    MutexLock lock(&mutex_);
    return log_.Take();
  }
  int asked() const { return asked_; }

 private:
  Mutex mutex_;
  TraceLog log_ ABSL_GUARDED_BY(mutex_){1, 8};
  std::atomic<int> asked_ = 0;
};

class SpanExporterTest : public ::testing::Test {
 protected:
  SpanExporterTest() {
    options_.credentials = [this] {
      ++connections_;
      return grpc::InsecureChannelCredentials();
    };
    // As quick as can be: nothing here waits for time to pass.
    options_.every = absl::Milliseconds(1);
    options_.backoff_base = absl::Milliseconds(1);
    options_.backoff_cap = absl::Milliseconds(2);
  }

  void StartReceiver(std::deque<SpanReceiver::Reply> replies = {}) {
    receiver_ = std::make_unique<SpanReceiver>(std::move(replies));
    options_.endpoint = receiver_->address();
  }
  void StartExporter() {
    exporter_.emplace(options_,
                      std::vector<SpanExporter::Source>{worker_.Source()},
                      clock_, random_);
  }
  // Until `holds`, which only a test that fails does not come to.
  bool Until(const std::function<bool(const TraceCounts&)>& holds) {
    const absl::Time until = clock_.Now() + absl::Seconds(30);
    while (!holds(exporter_->counts())) {
      if (clock_.Now() > until) return false;
      std::this_thread::yield();
    }
    return true;
  }

  SystemClock clock_;
  SystemRandom random_;
  FakeWorker worker_;
  std::atomic<int> connections_ = 0;
  std::unique_ptr<SpanReceiver> receiver_;
  SpanExporterOptions options_;
  std::optional<SpanExporter> exporter_;
};

TEST_F(SpanExporterTest, WhatWorkersHaveIsSent) {
  StartReceiver();
  options_.resource.node_id = "n1";
  worker_.Add(2);
  StartExporter();
  ASSERT_TRUE(receiver_->AwaitSpans(2 * kSpansOfSample));
  worker_.Add(1);
  ASSERT_TRUE(receiver_->AwaitSpans(3 * kSpansOfSample));
  ASSERT_TRUE(Until([](const TraceCounts& counts) {
    return counts.exported == 3 * kSpansOfSample;
  }));
  EXPECT_EQ(connections_, 1);
  EXPECT_FALSE(exporter_->counts().failing);
}

TEST_F(SpanExporterTest, NothingIsSentOfNothing) {
  StartReceiver();
  StartExporter();
  ASSERT_TRUE(
      Until([this](const TraceCounts&) { return worker_.asked() > 2; }));
  EXPECT_TRUE(receiver_->requests().empty());
}

TEST_F(SpanExporterTest, WhatAWorkerHadNoRoomForIsCounted) {
  StartReceiver();
  worker_.Add(10);
  StartExporter();
  ASSERT_TRUE(receiver_->AwaitSpans(8 * kSpansOfSample));
  EXPECT_EQ(exporter_->counts().queue_full, 2 * kSpansOfSample);
}

TEST_F(SpanExporterTest, AReceiverThatComesBackGetsWhatWaited) {
  StartReceiver();
  receiver_.reset();
  worker_.Add(1);
  StartExporter();
  ASSERT_TRUE(Until([](const TraceCounts& counts) { return counts.failing; }));
  receiver_ = std::make_unique<SpanReceiver>(std::deque<SpanReceiver::Reply>{},
                                             options_.endpoint);
  ASSERT_TRUE(receiver_->AwaitSpans(kSpansOfSample));
  ASSERT_TRUE(Until([](const TraceCounts& counts) { return !counts.failing; }));
  EXPECT_EQ(exporter_->counts().undelivered, 0U);
}

// Nobody is asked for more meanwhile: what has no room is a worker's to drop.
TEST_F(SpanExporterTest, AReceiverThatStaysAwayCostsTheSpans) {
  StartReceiver();
  receiver_.reset();
  options_.give_up_after = absl::Milliseconds(5);
  worker_.Add(1);
  StartExporter();
  ASSERT_TRUE(Until([](const TraceCounts& counts) {
    return counts.undelivered == kSpansOfSample;
  }));
  EXPECT_EQ(exporter_->counts().exported, 0U);
}

TEST_F(SpanExporterTest, WhatFailsForAWhileIsSentAgain) {
  StartReceiver({grpc::Status(grpc::StatusCode::UNAVAILABLE, "soon")});
  worker_.Add(1);
  StartExporter();
  ASSERT_TRUE(receiver_->AwaitSpans(kSpansOfSample));
  const auto requests = receiver_->requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].SerializeAsString(), requests[1].SerializeAsString());
  EXPECT_EQ(connections_, 2) << "by another connection";
}

TEST_F(SpanExporterTest, WhatIsRefusedIsNot) {
  StartReceiver(
      {grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "not like this")});
  worker_.Add(1);
  StartExporter();
  ASSERT_TRUE(Until([](const TraceCounts& counts) {
    return counts.rejected == kSpansOfSample && counts.failing;
  }));
  worker_.Add(1);
  ASSERT_TRUE(receiver_->AwaitSpans(kSpansOfSample));
  EXPECT_EQ(receiver_->requests().size(), 2U);
}

TEST_F(SpanExporterTest, APartOfThemMayBeRejected) {
  SpanReceiver::Response partial;
  partial.mutable_partial_success()->set_rejected_spans(1);
  partial.mutable_partial_success()->set_error_message("too old");
  // More than there were, and fewer than none: nobody counts like that.
  SpanReceiver::Response nonsense = partial;
  nonsense.mutable_partial_success()->set_rejected_spans(1000);
  SpanReceiver::Response negative = partial;
  negative.mutable_partial_success()->set_rejected_spans(-3);
  StartReceiver({partial, nonsense, negative});
  StartExporter();
  for (std::size_t calls = 1; calls <= 3; ++calls) {
    worker_.Add(1);
    ASSERT_TRUE(receiver_->AwaitCalls(calls));
  }
  ASSERT_TRUE(Until([](const TraceCounts& counts) {
    return counts.exported + counts.rejected == 3 * kSpansOfSample;
  }));
  EXPECT_EQ(exporter_->counts().rejected, 1 + kSpansOfSample);
  EXPECT_EQ(receiver_->requests().size(), 3U) << "nothing is sent again";
}

TEST_F(SpanExporterTest, AReceiverThatIsSilentIsNotWaitedFor) {
  StartReceiver({SpanReceiver::Silence{}});
  options_.call_limit = absl::Milliseconds(50);
  worker_.Add(1);
  StartExporter();
  ASSERT_TRUE(receiver_->AwaitSpans(kSpansOfSample));
  // A busy machine may miss the deadline of the next one too.
  EXPECT_GE(receiver_->requests().size(), 2U);
}

TEST_F(SpanExporterTest, AtTheEndWhatWaitsIsSent) {
  StartReceiver();
  options_.every = absl::Hours(1);
  StartExporter();
  worker_.Add(3);
  exporter_->Finish({worker_.Take()}, absl::Seconds(30));
  EXPECT_EQ(receiver_->spans().size(), 3 * kSpansOfSample);
  EXPECT_EQ(exporter_->counts().exported, 3 * kSpansOfSample);
  EXPECT_EQ(worker_.asked(), 0);
}

TEST_F(SpanExporterTest, TheEndWaitsForNobodyWhoIsSilent) {
  StartReceiver({SpanReceiver::Silence{}});
  options_.call_limit = absl::Hours(1);
  worker_.Add(1);
  StartExporter();
  ASSERT_TRUE(receiver_->AwaitCalls(1));
  worker_.Add(2);
  exporter_->Finish({worker_.Take()}, absl::Milliseconds(20));
  EXPECT_EQ(exporter_->counts().undelivered, 3 * kSpansOfSample);
}

TEST_F(SpanExporterTest, AWorkerThatHasStoppedHoldsUpNoEnd) {
  StartReceiver();
  std::atomic<bool> asked = false;
  exporter_.emplace(options_, std::vector<SpanExporter::Source>{[&asked](auto) {
                      asked = true;
                    }},
                    clock_, random_);
  ASSERT_TRUE(Until([&asked](const TraceCounts&) { return asked.load(); }));
  worker_.Add(1);
  exporter_->Finish({worker_.Take()}, absl::Seconds(30));
  EXPECT_EQ(receiver_->spans().size(), kSpansOfSample);
}

}  // namespace
}  // namespace weir::dataplane
