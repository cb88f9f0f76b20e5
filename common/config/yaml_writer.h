// Messages as YAML in block style, in the order of the .proto files.
#ifndef WEIR_COMMON_CONFIG_YAML_WRITER_H_
#define WEIR_COMMON_CONFIG_YAML_WRITER_H_

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

namespace weir::config {

// What to do with a field that holds its type's default value. A field that
// can say whether it is set is written when it is, either way.
enum class Defaults {
  kLeaveOut,  // For people and files.
  kWrite,     // For programs that read every field.
};

std::string WriteYaml(const google::protobuf::Message& message,
                      Defaults defaults);

// `text` as a YAML scalar on one line: plain where every reader takes it for
// this very string, quoted otherwise.
std::string YamlString(std::string_view text);

// The shortest decimal form that reads back as `value`: 0.25, 3, 1000000.
std::string YamlNumber(double value);

}  // namespace weir::config

#endif  // WEIR_COMMON_CONFIG_YAML_WRITER_H_
