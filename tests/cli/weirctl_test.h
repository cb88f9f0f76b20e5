// weirctl as tests run it: in this process, against a FakeAdmin over real gRPC.
#ifndef WEIR_TESTS_CLI_WEIRCTL_TEST_H_
#define WEIR_TESTS_CLI_WEIRCTL_TEST_H_

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/io.h"
#include "cli/weirctl.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/fake_admin.h"
#include "tests/testing/fake_clock.h"

namespace weir::cli {

// What one run of weirctl left behind.
struct Outcome {
  int exit_code;
  std::string out;
  std::string err;
};

// weirctl as a test runs it: no terminal unless said, a clock that stands
// still, no server unless ServedTest gives one.
class WeirctlTest : public ::testing::Test {
 protected:
  virtual Outcome Weirctl(std::vector<std::string> words) {
    words.insert(words.begin(), "weirctl");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    std::istringstream in(input_);
    std::ostringstream out;
    std::ostringstream err;
    const Io io{.in = in,
                .out = out,
                .err = err,
                .in_device = in_device_,
                .out_device = device_,
                .err_device = err_device_,
                .columns = [] { return 60; },
                .clock = clock_};
    const int code = RunWeirctl(static_cast<int>(argv.size()), argv.data(), io);
    return {code, out.str(), err.str()};
  }

  std::string input_;
  Device device_ = Device::kPipe;
  Device in_device_ = Device::kPipe;
  Device err_device_ = Device::kPipe;
  testing::FakeClock clock_;
};

// With a server of its own, which weirctl is pointed at.
class ServedTest : public WeirctlTest {
 protected:
  ~ServedTest() override {
    if (server_) server_->Shutdown();
  }

  Outcome Weirctl(std::vector<std::string> words) override {
    if (!server_) Serve();
    words.push_back("--server=" + address_);
    return WeirctlTest::Weirctl(std::move(words));
  }
  void Serve() {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterService(&admin_);
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }

  FakeAdmin admin_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace weir::cli

#endif  // WEIR_TESTS_CLI_WEIRCTL_TEST_H_
