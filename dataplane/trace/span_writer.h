// One span of OTLP, written part by part.
#ifndef WEIR_DATAPLANE_TRACE_SPAN_WRITER_H_
#define WEIR_DATAPLANE_TRACE_SPAN_WRITER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "opentelemetry/proto/common/v1/common.pb.h"
#include "opentelemetry/proto/trace/v1/trace.pb.h"

namespace weir::dataplane {

// Attributes that are not known, empty texts, are left out.
class SpanWriter {
 public:
  using Span = ::opentelemetry::proto::trace::v1::Span;

  // `span` outlives this.
  explicit SpanWriter(Span& span) : span_(span) {}

  SpanWriter& Text(std::string_view key, std::string_view value) {
    if (!value.empty()) Add(key).set_string_value(std::string(value));
    return *this;
  }
  SpanWriter& Number(std::string_view key, std::int64_t value) {
    Add(key).set_int_value(value);
    return *this;
  }
  SpanWriter& Decimal(std::string_view key, double value) {
    Add(key).set_double_value(value);
    return *this;
  }
  SpanWriter& Flag(std::string_view key, bool value) {
    Add(key).set_bool_value(value);
    return *this;
  }

  // REQUIRES: begin <= end; both on the wall clock.
  void SetTimes(absl::Time begin, absl::Time end) {
    span_.set_start_time_unix_nano(
        static_cast<std::uint64_t>(absl::ToUnixNanos(begin)));
    span_.set_end_time_unix_nano(
        static_cast<std::uint64_t>(absl::ToUnixNanos(end)));
  }
  void SetError(std::string_view message) {
    auto& status = *span_.mutable_status();
    status.set_code(
        ::opentelemetry::proto::trace::v1::Status::STATUS_CODE_ERROR);
    status.set_message(std::string(message));
  }

 private:
  ::opentelemetry::proto::common::v1::AnyValue& Add(std::string_view key) {
    auto& attribute = *span_.add_attributes();
    attribute.set_key(std::string(key));
    return *attribute.mutable_value();
  }

  Span& span_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_TRACE_SPAN_WRITER_H_
