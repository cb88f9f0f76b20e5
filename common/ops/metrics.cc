#include "common/ops/metrics.h"

#include <prometheus/text_serializer.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace weir::ops {

prometheus::ClientMetric* MetricPage::AddSample(const std::string& name,
                                                const std::string& help,
                                                prometheus::MetricType type,
                                                Labels labels,
                                                std::size_t series) {
  if (!labels.empty()) {
    if (series > max_series_ - series_) {
      dropped_ += series;
      return nullptr;
    }
    series_ += series;
  }
  const auto [entry, is_new] =
      index_by_name_.try_emplace(name, families_.size());
  if (is_new) families_.push_back({name, help, type, {}});
  auto& samples = families_[entry->second].metric;
  samples.emplace_back().label = std::move(labels);
  return &samples.back();
}

void MetricPage::Counter(const std::string& name, const std::string& help,
                         Labels labels, double value) {
  auto* const sample = AddSample(name, help, prometheus::MetricType::Counter,
                                 std::move(labels), 1);
  if (sample != nullptr) sample->counter.value = value;
}

void MetricPage::Gauge(const std::string& name, const std::string& help,
                       Labels labels, double value) {
  auto* const sample = AddSample(name, help, prometheus::MetricType::Gauge,
                                 std::move(labels), 1);
  if (sample != nullptr) sample->gauge.value = value;
}

void MetricPage::Histogram(const std::string& name, const std::string& help,
                           Labels labels, const HistogramCounts& histogram) {
  auto* const sample =
      AddSample(name, help, prometheus::MetricType::Histogram,
                std::move(labels), histogram.counts.size() + 2);
  if (sample == nullptr) return;
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    total += histogram.counts[i];
    sample->histogram.bucket.push_back(
        {total, i < histogram.upper_bounds.size()
                    ? histogram.upper_bounds[i]
                    : std::numeric_limits<double>::infinity()});
  }
  sample->histogram.sample_count = total;
  sample->histogram.sample_sum = histogram.sum;
}

void MetricPage::AddDropped() {
  Gauge("weir_metric_series_dropped", "Series that this page has no room for.",
        {}, static_cast<double>(dropped_));
}

std::string MetricPage::Text() const {
  return prometheus::TextSerializer().Serialize(families_);
}

}  // namespace weir::ops
