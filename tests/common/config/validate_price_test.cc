#include <limits>
#include <string>

#include "gtest/gtest.h"
#include "tests/common/config/validate_case.h"

namespace weir::config {
namespace {

v1::DatedPrice& Add(v1::Resources& resources) {
  v1::DatedPrice& entry = *resources.add_prices();
  entry.set_model("gpt-4.1");
  entry.mutable_price()->set_input(2.4);
  return entry;
}

class ValidatePriceTest : public ::testing::TestWithParam<ValidateCase> {};

TEST_P(ValidatePriceTest, FollowsTheTable) { ExpectFindings(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Table, ValidatePriceTest,
    ::testing::ValuesIn<ValidateCase>({
        {"Sound",
         [](auto& r) {
           Add(r);
           Add(r).set_provider("relay");
           Add(r).mutable_effective_from()->set_seconds(1);
           Add(r).mutable_effective_from()->set_seconds(2);
         }},
        {"ModelNobodyHas", [](auto& r) { Add(r).set_model("o9"); }},
        {"NoModel", [](auto& r) { Add(r).clear_model(); },
         "prices[0].model: is missing; write the provider's own name of the "
         "model"},
        {"UnknownProvider", [](auto& r) { Add(r).set_provider("rely"); },
         "prices[0].provider: there is no provider \"rely\"; did you mean "
         "\"relay\"?"},
        {"NoPrice", [](auto& r) { Add(r).clear_price(); },
         "prices[0].price: is missing; write price: {input: USD, output: USD} "
         "per million tokens"},
        {"Twice",
         [](auto& r) {
           Add(r);
           Add(r);
         },
         "prices[1]: is for the same provider, model and time as prices[0]; "
         "keep one of the two, or give it an effective_from of its own"},
        {"AgesAway",
         [](auto& r) {
           Add(r).mutable_effective_from()->set_seconds(253402300800);
         },
         "prices[0].effective_from: is not a point in time; write one like "
         "2026-01-31T12:00:00Z, or remove it"},
        {"NumbersOutOfRange",
         [](auto& r) {
           v1::Price& price = *Add(r).mutable_price();
           price.set_input(-1);
           price.set_cache_write(std::numeric_limits<double>::quiet_NaN());
           price.set_cache_write_1h(1000001);
           price.set_request(std::numeric_limits<double>::infinity());
         },
         "prices[0].price.input: is out of range: -1; write a value from 0 to "
         "1000000\n"
         "prices[0].price.cache_write: is out of range: .nan; write a value "
         "from 0 to 1000000\n"
         "prices[0].price.cache_write_1h: is out of range: 1000001; write a "
         "value from 0 to 1000000\n"
         "prices[0].price.request: is out of range: .inf; write a value from "
         "0 to 1000000"},
        {"PriceOfOneToken",
         [](auto& r) { Add(r).mutable_price()->set_input(0.0000024); }, "",
         "prices[0].price.input: looks like the price of one token; write US "
         "dollars for a million of them"},
    }),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace weir::config
