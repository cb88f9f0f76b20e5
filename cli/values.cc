#include "cli/values.h"

#include <array>
#include <charconv>
#include <string>

#include "absl/strings/str_join.h"
#include "common/config/effective.h"

namespace weir::cli {

std::string Milliseconds(double value) {
  if (value < 1000) return Number(value, value < 10 ? 1 : 0) + " ms";
  return Number(value / 1000, 2) + " s";
}

std::string Percent(double share) { return Number(share * 100, 1) + " %"; }

std::string Number(double value, int decimals) {
  std::array<char, 400> digits;  // The largest double has 309.
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                 value, std::chars_format::fixed, decimals)
                       .ptr;
  return std::string(digits.data(), end);
}

std::string Age(absl::Duration age) {
  if (age < absl::ZeroDuration()) age = absl::ZeroDuration();
  if (age < absl::Minutes(2)) {
    return std::to_string(absl::ToInt64Seconds(age)) + "s";
  }
  if (age < absl::Hours(2)) {
    return std::to_string(absl::ToInt64Minutes(age)) + "m";
  }
  if (age < absl::Hours(48)) {
    return std::to_string(absl::ToInt64Hours(age)) + "h";
  }
  return std::to_string(absl::ToInt64Hours(age) / 24) + "d";
}

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) +
         absl::Nanoseconds(timestamp.nanos());
}

std::string TimeText(const google::protobuf::Timestamp& timestamp) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", ToTime(timestamp),
                          absl::UTCTimeZone());
}

std::string Join(const google::protobuf::RepeatedPtrField<std::string>& list) {
  return absl::StrJoin(list, ", ");
}

Cell StateCell(routing::v1::TargetState state) {
  switch (state) {
    case routing::v1::TARGET_STATE_HEALTHY:
      return {Text(state), Color::kGreen};
    case routing::v1::TARGET_STATE_UNHEALTHY:
    case routing::v1::TARGET_STATE_AUTO_DISABLED:
    case routing::v1::TARGET_STATE_NO_CREDENTIAL:
      return {Text(state), Color::kRed};
    case routing::v1::TARGET_STATE_DISABLED:
      return {Text(state)};
    default:
      return {Text(state), Color::kYellow};
  }
}

Cell ModeCell(config::v1::Mode mode) {
  const config::v1::Mode effective = config::EffectiveMode(mode);
  return {Text(effective), effective == config::v1::MODE_ENABLED
                               ? Color::kNone
                               : Color::kYellow};
}

std::string VersionText(const routing::v1::Version& version) {
  if (version.epoch() == 0) return "";
  return std::to_string(version.epoch()) + '.' +
         std::to_string(version.sequence());
}

}  // namespace weir::cli
