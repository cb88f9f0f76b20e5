// A real worker between providers that follow a script and clients.
#ifndef WEIR_TESTS_DATAPLANE_PEERS_WORKER_FIXTURE_H_
#define WEIR_TESTS_DATAPLANE_PEERS_WORKER_FIXTURE_H_

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "dataplane/snapshot.h"
#include "dataplane/worker.h"
#include "dataplane/worker_report.h"
#include "tests/dataplane/peers/fake_provider.h"
#include "tests/dataplane/peers/http_client.h"
#include "tests/dataplane/peers/snapshot_by_hand.h"
#include "tests/testing/fake_clock.h"

namespace weir::testing {

// The worker's thread, one thread for all providers, and the test's own, which
// is the client. Time stands still until the test makes it pass.
class WorkerFixture : public ::testing::Test {
 protected:
  // Before members of the tests' own fixtures go, which scripts refer to.
  void TearDown() override {
    if (worker_ != nullptr) worker_->Stop();
    if (thread_.joinable()) {
      work_.reset();
      loop_.stop();
      thread_.join();
    }
  }

  // REQUIRES: before Start(). What `script` refers to is a member, or made by
  // NewEvent() and NewGate(), because it runs until the fixture ends.
  dataplane::ProviderIndex AddProvider(const std::string& name,
                                       ProviderScript script) {
    providers_.push_back(
        std::make_unique<FakeProvider>(loop_, std::move(script)));
    return hand_.AddProvider(name, providers_.back()->port());
  }
  Event& NewEvent() { return events_.emplace_back(); }
  Gate& NewGate() { return gates_.emplace_back(loop_); }

  void Start() {
    thread_ = std::thread([this] { loop_.run(); });
    StartWithoutSnapshot();
    worker_->Replace(hand_.Build());
  }
  void StartWithoutSnapshot() {
    options_.listen_address = "127.0.0.1:0";
    worker_ = std::make_unique<dataplane::Worker>(options_, clock_);
    auto address = worker_->Start();
    ASSERT_TRUE(address.ok()) << address.status();
    address_ = *address;
  }

  HttpClient Connect() { return HttpClient(address_); }
  // On a connection of its own.
  HttpReply Ask(std::string_view request) { return Connect().Ask(request); }

  dataplane::WorkerReport Collect() {
    std::promise<dataplane::WorkerReport> promise;
    worker_->Collect([&promise](dataplane::WorkerReport report) {
      promise.set_value(std::move(report));
    });
    return promise.get_future().get();
  }
  // Until the worker has come to what it is known to come to.
  void CollectUntil(
      const std::function<bool(const dataplane::WorkerReport&)>& done) {
    while (!done(Collect())) std::this_thread::yield();
  }

  FakeClock clock_;
  SnapshotByHand hand_;
  dataplane::WorkerOptions options_;
  std::unique_ptr<dataplane::Worker> worker_;
  std::string address_;

 private:
  boost::asio::io_context loop_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
      work_{loop_.get_executor()};
  std::deque<Event> events_;
  std::deque<Gate> gates_;
  std::vector<std::unique_ptr<FakeProvider>> providers_;
  std::thread thread_;
};

}  // namespace weir::testing

#endif  // WEIR_TESTS_DATAPLANE_PEERS_WORKER_FIXTURE_H_
