#include "dataplane/io/reactor.h"

#include <sys/eventfd.h>
#include <sys/types.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "gtest/gtest.h"

namespace weir::dataplane::io {
namespace {

// A descriptor that becomes ready whenever it is told so, and does something
// then.
class Source final : public Reactor::Listener {
 public:
  Source(Reactor& reactor, std::function<void()> on_ready)
      : reactor_(reactor), on_ready_(std::move(on_ready)) {
    EXPECT_TRUE(reactor_.Add(descriptor_, *this));
  }
  ~Source() {
    reactor_.Remove(descriptor_, *this);
    close(descriptor_);
  }

  void MakeReady() {
    const std::uint64_t one = 1;
    EXPECT_EQ(write(descriptor_, &one, sizeof(one)),
              static_cast<ssize_t>(sizeof(one)));
  }

 private:
  // Also once when it is entered: an event can always be written to.
  void OnReady(std::uint32_t /*events*/) override { on_ready_(); }

  Reactor& reactor_;
  const std::function<void()> on_ready_;
  const int descriptor_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
};

class LingeringReactorTest : public ::testing::Test {
 protected:
  LingeringReactorTest() { reactor_.SetLinger(true); }

  // Only a test that fails runs so long.
  void Run() { context_.run_for(std::chrono::seconds(30)); }

  asio::io_context context_;
  Reactor& reactor_ = asio::use_service<Reactor>(context_);
  asio::executor_work_guard<asio::io_context::executor_type> work_{
      context_.get_executor()};
};

// One that is ready whenever it was dealt with, so that there is always
// something to linger for.
class BusyReactorTest : public LingeringReactorTest {
 protected:
  void TearDown() override {
    EXPECT_TRUE(context_.stopped()) << "Asio never had a turn";
  }

  std::uint64_t told_ = 0;
  Source busy_{reactor_, [this] {
                 ++told_;
                 busy_.MakeReady();
               }};
};

TEST_F(BusyReactorTest, TimersOfAsioGoOff) {
  asio::steady_timer timer(context_, std::chrono::milliseconds(20));
  timer.async_wait([this](boost::system::error_code) { context_.stop(); });
  Run();
  EXPECT_GT(told_, 1);
}

TEST_F(BusyReactorTest, WhatAnotherThreadSubmitsIsDone) {
  std::thread other([this] { reactor_.Submit([this] { context_.stop(); }); });
  Run();
  other.join();
}

TEST_F(LingeringReactorTest, WhatIsSubmittedComesBeforeWhatBecomesReady) {
  std::string order;
  Source source(reactor_,
                [&] { order += order.empty() ? "first " : "ready "; });
  while (order.empty()) context_.run_one_for(std::chrono::seconds(30));
  reactor_.Submit([&] { order += "submitted "; });
  source.MakeReady();
  while (!order.ends_with("ready ")) {
    context_.run_one_for(std::chrono::seconds(30));
  }
  EXPECT_EQ(order, "first submitted ready ");
}

TEST_F(LingeringReactorTest, WhatIsPostedMeanwhileIsDoneNext) {
  bool posted = false;
  bool done = false;
  int told_before = 0;
  Source busy(reactor_, [&] {
    if (!posted) {
      posted = true;
      reactor_.Post([&] {
        done = true;
        context_.stop();
      });
    } else if (!done) {
      ++told_before;
    }
    busy.MakeReady();
  });
  Run();
  EXPECT_TRUE(done);
  EXPECT_EQ(told_before, 0);
}

TEST_F(LingeringReactorTest, DoesNotWaitWhileAsioHasAGuest) {
  const Reactor::Guest guest(reactor_);
  bool asio_had_a_turn = false;
  int told = 0;
  Source busy(reactor_, [&] {
    if (++told == 1) {
      asio::post(context_, [&] { asio_had_a_turn = true; });
      busy.MakeReady();
    } else {
      EXPECT_TRUE(asio_had_a_turn);
      context_.stop();
    }
  });
  Run();
  EXPECT_EQ(told, 2);
}

TEST_F(LingeringReactorTest, TellsWhatComesWhileItWaits) {
  int told = 0;
  Source source(reactor_, [&] {
    if (++told == 100) context_.stop();
  });
  std::thread other([&] {
    for (int i = 0; !context_.stopped(); ++i) {
      source.MakeReady();
      if (i % 7 == 0) reactor_.Submit([] {});
      std::this_thread::yield();
    }
  });
  Run();
  other.join();
  EXPECT_GE(told, 100);
}

}  // namespace
}  // namespace weir::dataplane::io
