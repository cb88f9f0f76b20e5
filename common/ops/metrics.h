// A page of metrics, built from plain numbers when somebody asks for it.
#ifndef WEIR_COMMON_OPS_METRICS_H_
#define WEIR_COMMON_OPS_METRICS_H_

#include <prometheus/metric_family.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace weir::ops {

// `{{"provider", name}, {"model", model}}`. Values may hold any bytes; they are
// escaped on the page.
using Labels = std::vector<prometheus::ClientMetric::Label>;

// A histogram's numbers as workers count them.
struct HistogramCounts {
  // Ascending, without the infinity that ends every histogram.
  absl::Span<const double> upper_bounds;
  // Each bucket's own count, not cumulative; one more than upper_bounds, for
  // what lies above the last.
  absl::Span<const std::uint64_t> counts;
  double sum;
};

// What one scrape gets to see: workers count in plain integers of their own, so
// a metric costs nothing until a page is made. Samples of one name form one
// family with the help and the type of the first, wherever they were added.
//
// A page has at most so many series with labels: what is added beyond them is
// left out and counted. Labels come from the configuration, so that is reached
// by one of thousands of targets, or by one that is renamed without end; it
// keeps Prometheus alive then. What has no labels is always there.
//
// Not thread-safe.
class MetricPage {
 public:
  // A bucket of a histogram is a series, as are its sum and its count.
  static constexpr std::size_t kMaxSeries = 50'000;

  explicit MetricPage(std::size_t max_series = kMaxSeries)
      : max_series_(max_series) {}

  void Counter(const std::string& name, const std::string& help, Labels labels,
               double value);
  void Gauge(const std::string& name, const std::string& help, Labels labels,
             double value);
  // REQUIRES: counts.size() == upper_bounds.size() + 1.
  void Histogram(const std::string& name, const std::string& help,
                 Labels labels, const HistogramCounts& histogram);

  // Says how many series were left out, 0 too. Call it last.
  void AddDropped();

  const std::vector<prometheus::MetricFamily>& families() const {
    return families_;
  }
  // Prometheus text format 0.0.4, in the order of the families' first samples.
  std::string Text() const;

 private:
  // Null where there is no room for as many series.
  prometheus::ClientMetric* AddSample(const std::string& name,
                                      const std::string& help,
                                      prometheus::MetricType type,
                                      Labels labels, std::size_t series);

  std::size_t max_series_;
  // Of those with labels.
  std::size_t series_ = 0;
  std::size_t dropped_ = 0;
  std::vector<prometheus::MetricFamily> families_;
  std::map<std::string, std::size_t> index_by_name_;
};

// What Text() is served as.
inline constexpr char kMetricsContentType[] =
    "text/plain; version=0.0.4; charset=utf-8";

}  // namespace weir::ops

#endif  // WEIR_COMMON_OPS_METRICS_H_
