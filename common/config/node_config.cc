#include "common/config/node_config.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <string>

namespace weir::config {

std::string NodeConfig(const v1::Resources& resources) {
  v1::Resources sent = resources;
  sent.clear_webhooks();
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream out(&bytes);
    google::protobuf::io::CodedOutputStream coded(&out);
    // Maps have no order of their own.
    coded.SetSerializationDeterministic(true);
    sent.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace weir::config
