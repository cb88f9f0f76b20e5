#include "common/dialect/gemini/model_path.h"

#include <string>
#include <string_view>

namespace weir::dialect {
namespace {

// RFC 3986's pchar without what is escaped anyway, and the slash of a
// collection.
bool MayStand(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') ||
         std::string_view("-._~!$&'()*+,;=:@/").find(c) !=
             std::string_view::npos;
}

}  // namespace

std::string GeminiModelPath(std::string_view upstream_model) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  const bool has_collection = upstream_model.starts_with("models/") ||
                              upstream_model.starts_with("tunedModels/");
  std::string path = has_collection ? "/" : "/models/";
  for (const char c : upstream_model) {
    if (MayStand(c)) {
      path += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    path += '%';
    path += kHex[byte >> 4];
    path += kHex[byte & 0x0f];
  }
  return path;
}

}  // namespace weir::dialect
