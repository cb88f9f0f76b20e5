#include "common/ops/flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/net/host_port.h"

namespace weir::ops {
namespace {

constexpr int kUsageError = 2;

// --control-plane to WEIR_CONTROL_PLANE.
std::string EnvironmentTwin(const std::string& long_name) {
  std::string twin = "WEIR_" + long_name;
  std::transform(twin.begin(), twin.end(), twin.begin(), [](char c) {
    if (c == '-') return '_';
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
  });
  return twin;
}

bool HasTwin(const CLI::Option& option, const CLI::App& app) {
  return !option.get_lnames().empty() && option.get_envname().empty() &&
         &option != app.get_help_ptr() && &option != app.get_help_all_ptr();
}

// What is wrong with it; empty: nothing.
std::string CheckAddress(const std::string& text) {
  const auto address = net::ParseHostPort(text);
  if (address.ok()) return "";
  return "\"" + text + "\" " + std::string(address.status().message());
}

std::string CheckCalledAddress(const std::string& text) {
  const auto address = net::ParseHostPort(text);
  if (address.ok() && address->port == 0) {
    return "\"" + text + "\" has port 0, where nobody can be called";
  }
  return CheckAddress(text);
}

std::string CheckAddresses(const std::string& text) {
  const std::vector<std::string> addresses = absl::StrSplit(text, ',');
  for (const std::string& address : addresses) {
    std::string problem = CheckCalledAddress(address);
    if (!problem.empty()) return problem;
  }
  return "";
}

}  // namespace

void AddConventions(CLI::App& app, const std::string& binary) {
  for (CLI::Option* option : app.get_options()) {
    if (HasTwin(*option, app)) {
      option->envname(EnvironmentTwin(option->get_lnames().front()));
    }
  }
  app.name(binary);
  app.set_version_flag("--version", binary + " " WEIR_VERSION);
}

CLI::Option* AddDuration(CLI::App& app, const std::string& name,
                         absl::Duration& value, const std::string& help) {
  const auto parse = [&value, name](const std::string& text) {
    absl::Duration parsed;
    if (!absl::ParseDuration(text, &parsed) || parsed < absl::ZeroDuration() ||
        parsed == absl::InfiniteDuration()) {
      throw CLI::ValidationError(
          name, "\"" + text + "\" is no duration; write 10s, 1m30s or 250ms");
    }
    value = parsed;
  };
  return app.add_option_function<std::string>(name, parse, help)
      ->type_name("DURATION")
      ->default_str(absl::FormatDuration(value));
}

CLI::Option* AddAddress(CLI::App& app, const std::string& name,
                        std::string& value, const std::string& help) {
  return app.add_option(name, value, help)
      ->check(CheckAddress)
      ->type_name("HOST:PORT")
      ->capture_default_str();
}

CLI::Option* AddCalledAddress(CLI::App& app, const std::string& name,
                              std::string& value, const std::string& help) {
  return app.add_option(name, value, help)
      ->check(CheckCalledAddress)
      ->type_name("HOST:PORT")
      ->capture_default_str();
}

CLI::Option* AddAddresses(CLI::App& app, const std::string& name,
                          std::string& value, const std::string& help) {
  return app.add_option(name, value, help)
      ->check(CheckAddresses)
      ->type_name("HOST:PORT")
      ->capture_default_str();
}

bool IsGiven(const CLI::App& app, const char* flag) {
  return app.get_option(flag)->count() > 0;
}

void RefuseUnless(const absl::Status& checked) {
  if (checked.ok()) return;
  throw CLI::ParseError(std::string(checked.message()),
                        CLI::ExitCodes::ValidationError);
}

std::optional<int> ParseCommandLine(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);  // Prints what --help and --version show.
  } catch (const CLI::ParseError& error) {
    std::cerr << app.get_name() << ": " << error.what() << "\nSee "
              << app.get_name() << " --help\n";
    return kUsageError;
  }
  return std::nullopt;
}

}  // namespace weir::ops
