// Settings as the JSON of /__control.
#ifndef WEIR_TESTS_SIMPROVIDER_SETTINGS_JSON_H_
#define WEIR_TESTS_SIMPROVIDER_SETTINGS_JSON_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tests/simprovider/settings.h"

namespace weir::simprovider {

// `current` with the members of `patch`, a JSON object. A member that is there
// replaces the setting of that name whole, null takes it back to none, and what
// is absent stays. `{"reset": true}` first goes back to `initial`.
// INVALID_ARGUMENT names the field that is unknown or wrong; then nothing
// changes.
absl::StatusOr<Settings> MergeSettings(const Settings& current,
                                       const Settings& initial,
                                       std::string_view patch);

// What MergeSettings() takes, with what is left of each `count`.
std::string SettingsToJson(const Settings& settings);

}  // namespace weir::simprovider

#endif  // WEIR_TESTS_SIMPROVIDER_SETTINGS_JSON_H_
