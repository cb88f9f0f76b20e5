// Whether a client of OpenAI's dialect wants to know what its stream took.
#ifndef WEIR_DATAPLANE_RELAY_STREAM_USAGE_H_
#define WEIR_DATAPLANE_RELAY_STREAM_USAGE_H_

#include <algorithm>
#include <string_view>

namespace weir::dataplane {

enum class StreamUsage {
  // `stream_options.include_usage` is true.
  kAsked,
  // There are stream options, and that is not among them.
  kNotAsked,
  // There are none.
  kNothingSaid,
};

// From a body whose grammar was checked. Inside a string the quotes of names
// would be escaped. Pure.
inline StreamUsage StreamUsageOf(std::string_view body) {
  constexpr std::string_view kOptions = R"("stream_options")";
  constexpr std::string_view kUsage = R"("include_usage")";
  const std::size_t options = body.find(kOptions);
  if (options == std::string_view::npos) return StreamUsage::kNothingSaid;
  const std::size_t at = body.find(kUsage, options);
  if (at == std::string_view::npos) return StreamUsage::kNotAsked;
  std::string_view value = body.substr(at + kUsage.size());
  value.remove_prefix(
      std::min(value.find_first_not_of(" \t\r\n:"), value.size()));
  return value.starts_with("true") ? StreamUsage::kAsked
                                   : StreamUsage::kNotAsked;
}

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_RELAY_STREAM_USAGE_H_
