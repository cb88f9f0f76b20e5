#include "tests/end_to_end/scenario/network_scenarios.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/end_to_end/harness/fleet.h"
#include "tests/end_to_end/harness/private_network.h"
#include "tests/end_to_end/harness/tls_front.h"
#include "tests/end_to_end/scenario/quick_fleet.h"
#include "tests/end_to_end/scenario/scenario.h"

namespace weir::testing {
namespace {

using Step = std::function<void(Fleet&)>;

void Expect(const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; }

std::string PortOf(const std::string& address) {
  return address.substr(address.rfind(':') + 1);
}

// Its connections stand, and nothing comes through any more: the kernel would
// wait for 15 minutes.
Scenario Vanished() {
  auto loss = std::make_shared<std::unique_ptr<PacketLoss>>();
  const Step vanish = [loss](Fleet& fleet) {
    *loss =
        std::make_unique<PacketLoss>(PortOf(fleet.provider(0).address("on")));
    Expect((*loss)->status());
  };
  return {.fleet = Quick(),
          .fault = vanish,
          .heal = [loss](Fleet&) { loss->reset(); },
          .late_share_at_most = 0.05};
}

// p1 is reached by TLS, through a front that goes wrong. It is the credential
// that is at stake: what the front takes in, the simulator sees.
Scenario Tls(std::function<void(TlsFront&, const std::string&)> fault) {
  auto front = std::make_shared<TlsFront>();
  FleetOptions options = Quick();
  options.base_urls = {front->url() + "/v1"};
  options.own_fields = {absl::StrCat("tls: {ca_file: ", front->ca_file(), "}")};
  options.credentials = {"sk-secret"};
  const auto requests = [](Fleet& fleet) {
    return At(fleet.Stats(0), "/requests/total");
  };
  const Step serve = [front](Fleet& fleet) {
    Expect(front->Serve(fleet.provider(0).address("on"), {}));
  };
  auto seen = std::make_shared<std::string>();
  const Step spoil = [=](Fleet& fleet) {
    fault(*front, fleet.provider(0).address("on"));
    *seen = requests(fleet);
  };
  const Step heal = [=](Fleet& fleet) {
    EXPECT_EQ(requests(fleet), *seen) << "a request came through";
    serve(fleet);
  };
  return {.fleet = std::move(options),
          .prepare = serve,
          .fault = spoil,
          .heal = heal,
          .late_share_at_most = 0.05};
}

Scenario BadTls(const TlsFront::Manners& manners) {
  return Tls([manners](TlsFront& front, const std::string& backend) {
    Expect(front.Serve(backend, manners));
  });
}

// It takes connections and shakes no hand.
Scenario TlsStalls() {
  return Tls(
      [](TlsFront& front, const std::string&) { front.Signal(SIGSTOP); });
}

// p1 has a name; the simulator forgets its connections, so that the name is
// asked for all the time.
Scenario Named(std::function<void(NameServer&)> fault) {
  auto names = std::make_shared<NameServer>();
  FleetOptions fleet = Quick();
  fleet.base_urls = {"http://p1.test:$PORT/v1"};
  fleet.provider_flags.insert(fleet.provider_flags.end(),
                              {"--idle-close", "50ms"});
  const auto serve = [names] { Expect(names->Serve("127.0.0.1 p1.test\n")); };
  serve();
  return {.fleet = std::move(fleet),
          .fault = [=](Fleet&) { fault(*names); },
          .heal = [=](Fleet&) { serve(); }};
}

// What was known of a name is used while nobody tells anything better: its
// provider keeps its share.
Scenario KeepsItsShare(Scenario scenario) {
  scenario.weight_falls_to = std::nullopt;
  scenario.late_share_at_least = 0.2;
  scenario.extra_attempts_at_most = 0.02;
  return scenario;
}

Scenario NameIsGone() {
  return KeepsItsShare(
      Named([](NameServer& names) { Expect(names.Serve("")); }));
}

Scenario NameServerIsSilent() {
  return KeepsItsShare(Named([](NameServer& names) { names.Signal(SIGSTOP); }));
}

// One of two addresses is dead: the other one serves, unseen.
Scenario OneAddressIsDead() {
  return KeepsItsShare(Named([](NameServer& names) {
    Expect(names.Serve("127.0.0.9 p1.test\n127.0.0.1 p1.test\n"));
  }));
}

// It leads to the cloud's metadata service: nobody goes there.
Scenario NameIsRebound() {
  Scenario scenario = Named([](NameServer& names) {
    Expect(names.Serve("169.254.169.254 p1.test\n"));
  });
  scenario.falls_within = absl::Seconds(15);
  scenario.late_share_at_most = 0.05;
  return scenario;
}

}  // namespace

void PrintTo(const ScenarioMaker& maker, std::ostream* out) {
  *out << maker.name;
}

std::vector<ScenarioMaker> NetworkScenarios() {
  return {{"Vanished", Vanished},
          {"CertificateExpired",
           [] {
             return BadTls({.identity = {.alternative_names = "DNS:localhost",
                                         .valid_for = -absl::Hours(1)}});
           }},
          {"CertificateOfAnotherName",
           [] {
             return BadTls(
                 {.identity = {.alternative_names = "DNS:elsewhere.test"}});
           }},
          {"CertificateByAStranger",
           [] { return BadTls({.by_a_stranger = true}); }},
          {"OldTls",
           [] {
             return BadTls({.bind_options =
                                "ssl-min-ver TLSv1.1 ssl-max-ver TLSv1.1 "
                                "ciphers DEFAULT@SECLEVEL=0"});
           }},
          {"TlsStalls", TlsStalls},
          {"NameIsGone", NameIsGone},
          {"NameServerIsSilent", NameServerIsSilent},
          {"OneAddressIsDead", OneAddressIsDead},
          {"NameIsRebound", NameIsRebound}};
}

}  // namespace weir::testing
