// Values of the Admin service as a table shows them.
#ifndef WEIR_CLI_VALUES_H_
#define WEIR_CLI_VALUES_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/repeated_field.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "absl/time/time.h"
#include "cli/table.h"
#include "common/config/enum_text.h"
#include "weir/config/v1/provider.pb.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::cli {

// `320 ms`, `1.25 s`.
std::string Milliseconds(double value);
// A share of 1 in hundredths: `99.5 %`.
std::string Percent(double share);
// Up to `decimals` decimals: `0.333`.
std::string Number(double value, int decimals);
// The largest unit that fits, rounded down: `12s`, `3m`, `5h`, `2d`.
std::string Age(absl::Duration age);
absl::Time ToTime(const google::protobuf::Timestamp& timestamp);
// `2026-11-21 21:35:31 UTC`.
std::string TimeText(const google::protobuf::Timestamp& timestamp);
// `a, b`.
std::string Join(const google::protobuf::RepeatedPtrField<std::string>& list);

// As in a resource file: `auto_disabled`.
template <typename Enum>
std::string Text(Enum value) {
  const auto* known =
      google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value);
  return known == nullptr ? std::to_string(value) : config::EnumText(*known);
}

Cell StateCell(routing::v1::TargetState state);
Cell ModeCell(config::v1::Mode mode);
// `epoch.sequence`; empty for none.
std::string VersionText(const routing::v1::Version& version);

}  // namespace weir::cli

#endif  // WEIR_CLI_VALUES_H_
