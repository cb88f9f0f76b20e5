// What failure scenarios share: a fleet under load of which no request may
// fail.
#ifndef WEIR_TESTS_END_TO_END_FAILURE_FAILURE_SCENARIO_H_
#define WEIR_TESTS_END_TO_END_FAILURE_FAILURE_SCENARIO_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/end_to_end/failure/failure_table.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/haproxy.h"
#include "tests/end_to_end/harness/load.h"
#include "tests/end_to_end/harness/temporary_folder.h"
#include "tests/testing/postgres_server.h"

namespace weir::testing {

// What clients do meanwhile.
struct Traffic {
  std::string model = "gpt-4.1";
  // Requests a second at each address; three in ten stream.
  int rate = 60;
  // At each address, at most.
  int connections = 500;
  // Empty: each node's own.
  std::vector<std::string> addresses = {};
};

// A test is one scenario: it starts a fleet and its traffic, does what the
// scenario is about, and says in Done() and Saw() what a reader of the table
// wants to know. When it is over, the load is ended and every request of it
// must have been answered in full; its row goes into the table.
class FailureScenario : public ::testing::Test {
 protected:
  // `name` heads the row.
  void Begin(const std::string& name, FleetOptions options);
  // One that plays elsewhere, and what came of that.
  void BeginWithoutFleet(const std::string& name);
  void CountElsewhere(int requests, int failed);
  // The same with two control planes on a PostgreSQL database.
  void BeginWithReplicas(const std::string& name,
                         FleetOptions (*shape)(const std::string& store,
                                               int output),
                         int tcp_port = 0);
  void TearDown() override;

  // Where the test can't do what the scenario is about: no row.
  void Skip() { row_.reset(); }

  void StartTraffic(const Traffic& traffic = {});
  // Behind HAProxy, which asks each node for /health/full.
  void StartTrafficBehindProxy(Traffic traffic = {});
  // Beside the traffic, at the same addresses: a client key with a limit of
  // `rpm` requests a minute, that asks for three times as many. Waits until
  // each node has its part and buckets hold nothing more.
  void StartLimited(int rpm);
  // Ends that. What was let through since then must be what the limit allows,
  // and the rest refused as over the limit.
  struct LimitBounds {
    // Of what it allows.
    double least = 0.9;
    // Requests on top of that.
    double beyond = 0;
  };
  void ExpectLimitHeld(const LimitBounds& bounds);
  void ExpectLimitHeld() { ExpectLimitHeld(LimitBounds{}); }
  // Until so many more attempts have ended at providers.
  bool LetTrafficGoOn(int attempts = 150);
  // No request begins from now on; waits for those that run. TearDown() does,
  // where a test does not.
  void EndTraffic();

  // Ends the fleet before the test does.
  void EndFleet() { fleet_.reset(); }

  // Each adds to what the row says.
  void Done(const std::string& what);
  void Saw(const std::string& what);

  Fleet& fleet() { return *fleet_; }
  PostgresServer& database() { return *database_; }
  // A folder that no scenario breaks.
  const TemporaryFolder& scratch() const { return scratch_; }

  // For what takes as long as the slowest back-off.
  static constexpr absl::Duration kPatience = absl::Seconds(60);
  // Of each answer of a fleet that BeginWithReplicas() made.
  static constexpr int kOutput = 10;

 private:
  // Of the limited key, by the nodes' counts.
  double LetThrough();
  bool SharesAreEven();

  std::optional<FailureRow> row_;
  // Ends after the fleet, which would wait for it.
  std::unique_ptr<PostgresServer> database_;
  std::optional<Fleet> fleet_;
  const TemporaryFolder scratch_;
  std::unique_ptr<HaProxy> proxy_;
  std::vector<std::unique_ptr<Load>> loads_;
  std::vector<std::string> addresses_;
  // Of a limit that clients go beyond.
  std::vector<std::unique_ptr<Load>> limited_;
  double allowed_per_second_ = 0;
  absl::Time limited_since_;
  double let_through_before_ = 0;
};

// A file in `folder` to be run in place of `binary`: what a shell does first,
// then the binary in its place.
std::string Wrapped(const TemporaryFolder& folder, const std::string& binary,
                    const std::string& first);

// `7.3 s`.
std::string Seconds(absl::Duration time);
// `0.02`.
std::string Share(double number);

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_FAILURE_FAILURE_SCENARIO_H_
