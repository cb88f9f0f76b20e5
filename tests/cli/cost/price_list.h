// The price list of deploy/local/prices.yaml.
#ifndef WEIR_TESTS_CLI_COST_PRICE_LIST_H_
#define WEIR_TESTS_CLI_COST_PRICE_LIST_H_

#include "weir/config/v1/resources.pb.h"

namespace weir::cost {

inline config::v1::Resources PriceListOfFour() {
  struct Entry {
    const char* model;
    double input;
    double output;
  };
  config::v1::Resources resources;
  for (const Entry& entry :
       {Entry{"gpt-4.1", 2.40, 8.00}, Entry{"claude-sonnet-4.5", 3.00, 15.00},
        Entry{"gemini-2.5-flash", 0.35, 2.50},
        Entry{"deepseek-v3.2", 0.10, 0.42}}) {
    config::v1::DatedPrice& price = *resources.add_prices();
    price.set_model(entry.model);
    price.mutable_price()->set_input(entry.input);
    price.mutable_price()->set_output(entry.output);
  }
  return resources;
}

}  // namespace weir::cost

#endif  // WEIR_TESTS_CLI_COST_PRICE_LIST_H_
