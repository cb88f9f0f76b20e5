#include "tests/end_to_end/failure/own_network.h"

#include <gtest/gtest.h>

#include "absl/status/status.h"
#include "tests/end_to_end/harness/private_network.h"
#include "tests/end_to_end/harness/temporary_folder.h"

namespace weir::testing {
namespace {

absl::Status entered = absl::FailedPreconditionError("not entered yet");

class OwnNetworkOfAll : public ::testing::Environment {
 public:
  void SetUp() override {
    entered = EnterPrivateNetwork(folder_.path());
    ASSERT_TRUE(entered.ok() || absl::IsPermissionDenied(entered)) << entered;
  }

 private:
  const TemporaryFolder folder_;
};

// GoogleTest owns it.
::testing::Environment* const network =
    ::testing::AddGlobalTestEnvironment(new OwnNetworkOfAll);

}  // namespace

const absl::Status& OwnNetwork() { return entered; }

}  // namespace weir::testing
