#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/change_text.h"
#include "cli/input_file.h"
#include "cli/section_fill.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "common/config/validate.h"
#include "common/config/yaml.h"

namespace weir::cli {
namespace {

// Others may change the registry between the look at it and the change.
constexpr int kAttempts = 3;

struct ApplyOptions {
  std::string path;
  bool dry_run = false;
};

// Warnings with the line they are about; the server's own come after.
void PrintWarnings(std::ostream& err, const config::Findings& findings,
                   const config::ResourceFile& file, const std::string& name,
                   const admin::ApplyResponse& response) {
  std::set<std::string> printed;
  for (const config::Problem& warning : findings.warnings) {
    printed.insert(config::Describe({warning}));
    err << "warning: " << config::Describe({warning}, file.lines, name) << '\n';
  }
  for (const std::string& warning : response.warnings()) {
    if (!printed.contains(warning)) err << "warning: " << warning << '\n';
  }
}

absl::Status ApplyOnce(Session& session, const ApplyOptions& options,
                       const InputFile& input, config::ResourceFile file) {
  admin::ApplyRequest request;
  request.set_dry_run(options.dry_run);
  auto filled = FillSections(session.admin(), file, request);
  if (!filled.ok()) return filled;

  const config::Findings findings = config::Validate(request.resources());
  if (!findings.problems.empty()) {
    return absl::FailedPreconditionError(
        config::Describe(findings.problems, file.lines, input.name));
  }
  const auto response =
      session.admin().Call(&AdminClient::Stub::Apply, request);
  if (!response.ok()) return response.status();

  PrintWarnings(session.io().err, findings, file, input.name, *response);
  if (session.is_table()) {
    session.io().out << ChangeText(
        *response, options.dry_run ? Applied::kDryRun : Applied::kForReal,
        session.paint());
  } else {
    session.Print(*response);
  }
  return absl::OkStatus();
}

absl::Status Apply(Session& session, const ApplyOptions& options) {
  const auto input = ReadInput(session.io(), options.path);
  if (!input.ok()) return input.status();
  const auto file = config::ParseResourceFile(input->content, input->name);
  if (!file.ok()) {
    return absl::FailedPreconditionError(file.status().message());
  }
  absl::Status status;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    status = ApplyOnce(session, options, *input, *file);
    if (!absl::IsAborted(status)) break;
  }
  return status;
}

}  // namespace

void AddApply(CLI::App& app, Session& session) {
  auto options = std::make_shared<ApplyOptions>();
  CLI::App* command = app.add_subcommand(
      "apply", "Make the registry equal to a file and show what changes");
  command
      ->add_option("-f,--file", options->path, "Resource file; - reads stdin")
      ->required()
      ->type_name("FILE");
  command->add_flag("--dry-run", options->dry_run,
                    "Only show what would change");
  command->footer(
      "Sections that the file does not have (providers, models, client_keys, "
      "policy,\nwebhooks) stay as they are; an empty one (`models: []`) is "
      "emptied.");
  command->callback([&session, options] {
    session.Choose([options](Session& s) { return Apply(s, *options); });
  });
}

}  // namespace weir::cli
