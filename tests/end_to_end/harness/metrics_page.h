// Numbers off a page of metrics.
#ifndef WEIR_TESTS_END_TO_END_HARNESS_METRICS_PAGE_H_
#define WEIR_TESTS_END_TO_END_HARNESS_METRICS_PAGE_H_

#include "absl/strings/string_view.h"

namespace weir::testing {

// The sum of a metric over its series with `label` (name="value"); all of them
// where that is empty. Of a histogram or summary `name` has the suffix.
double SumOnPage(absl::string_view page, absl::string_view name,
                 absl::string_view label = "");

}  // namespace weir::testing

#endif  // WEIR_TESTS_END_TO_END_HARNESS_METRICS_PAGE_H_
