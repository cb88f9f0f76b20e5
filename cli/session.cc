#include "cli/session.h"

#include <google/protobuf/util/json_util.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/config/yaml.h"
#include "common/config/yaml_writer.h"
#include "common/net/plaintext.h"
#include "common/ops/flags.h"

namespace weir::cli {
namespace {

enum class Layout { kIndented, kOneLine };

// The protobuf JSON mapping with the names of the .proto files and every field
// that has no way to be absent.
std::string ToJson(const google::protobuf::Message& message, Layout layout) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = layout == Layout::kIndented;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string json;
  // Fails for Any and FieldMask only, which Admin does not have.
  google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!json.ends_with('\n')) json += '\n';
  return json;
}

bool IsSet(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

}  // namespace

void Session::AddFlags(CLI::App& app) {
  ops::AddAddresses(app, "--server", connection_.server,
                    "The control plane's gRPC address; of several, with commas "
                    "between them, the one that leads is used");
  app.add_option("--tls-ca", connection_.tls.authorities,
                 "PEM file of the control plane's authority; makes it TLS")
      ->type_name("FILE");
  app.add_option("--tls-cert", connection_.tls.certificate,
                 "PEM file of your certificate")
      ->type_name("FILE");
  app.add_option("--tls-key", connection_.tls.key,
                 "PEM file of its private key")
      ->type_name("FILE");
  app.add_option("--token", connection_.token,
                 "Token instead of a certificate; better in WEIR_TOKEN, which "
                 "other users don't see")
      ->type_name("TOKEN");
  app.add_flag_callback(
      "--insecure",
      [this] { connection_.plaintext = net::Plaintext::kAnywhere; },
      "Speak plain text to a control plane on another machine");
  app.add_option("-o,--output", output_,
                 "How to print: table, json or yaml; costs and load tests "
                 "as csv too")
      ->check(CLI::IsMember({"table", "json", "yaml", "csv"}))
      ->capture_default_str();
  ops::AddDuration(app, "--timeout", timeout_,
                   "Time that a call may take; 0 means any");
  app.add_flag("--no-color", no_color_,
               "Print without colors; so does NO_COLOR, or a pipe");
}

absl::Status Session::Run() {
  if (is_csv() && prints_ != Prints::kRowsToo) {
    return absl::InvalidArgumentError(
        "--output: csv is for costs and load tests only; use table, json or "
        "yaml");
  }
  return action_(*this);
}

AdminClient& Session::admin() {
  if (!admin_) admin_.emplace(io_, connection_, timeout_);
  return *admin_;
}

void Session::Print(const google::protobuf::Message& message) {
  if (output_ == "json") {
    io_.out << ToJson(message, Layout::kIndented);
  } else {
    io_.out << config::WriteYaml(message, config::Defaults::kWrite);
  }
}

void Session::PrintResource(const google::protobuf::Message& resource) {
  if (output_ == "json") {
    io_.out << ToJson(resource, Layout::kIndented);
  } else {
    io_.out << config::ToYaml(resource);
  }
}

void Session::Print(const Table& table) { io_.out << table.Render(paint()); }

void Session::PrintStreamed(const google::protobuf::Message& message) {
  if (output_ == "json") {
    io_.out << ToJson(message, Layout::kOneLine);
  } else {
    io_.out << "---\n" << config::WriteYaml(message, config::Defaults::kWrite);
  }
}

absl::Status Session::StillRead() {
  io_.out.flush();
  if (io_.out.good()) return absl::OkStatus();
  return absl::CancelledError("nobody reads the output any more");
}

Paint Session::paint() const {
  const char* terminal = std::getenv("TERM");
  const bool is_dumb =
      terminal != nullptr && std::string_view(terminal) == "dumb";
  const bool has_colors = io_.out_device == Device::kTerminal && !no_color_ &&
                          !is_dumb && !IsSet("NO_COLOR");
  return has_colors ? Paint::kColors : Paint::kPlain;
}

}  // namespace weir::cli
