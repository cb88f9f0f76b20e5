#include "controlplane/registry/registry.h"

#include <google/protobuf/util/message_differencer.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/config/validate.h"

namespace weir::controlplane {
namespace {

using config::v1::Resources;

std::string DescribeWithoutFile(const std::vector<config::Problem>& problems) {
  return config::Describe(problems);
}

std::vector<std::string> Sentences(const std::vector<config::Problem>& found) {
  std::vector<std::string> sentences;
  for (const config::Problem& problem : found) {
    std::string sentence = config::Describe({problem});
    while (!sentence.empty() && sentence.back() == '\n') sentence.pop_back();
    sentences.push_back(std::move(sentence));
  }
  return sentences;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Registry>> Registry::Open(Store& store) {
  absl::StatusOr<StoredResources> stored = store.Load();
  if (!stored.ok()) return stored.status();
  const config::Findings findings = config::Validate(stored->resources);
  if (!findings.problems.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the store's revision ", stored->revision,
        " is not valid in this version; run the version that wrote it, and "
        "correct it there:\n",
        config::Describe(findings.problems)));
  }
  std::unique_ptr<Registry> registry(new Registry(store));
  MutexLock lock(&registry->current_mutex_);
  registry->current_ = {stored->revision, std::make_shared<const Resources>(
                                              std::move(stored->resources))};
  return registry;
}

Registered Registry::Current() const {
  MutexLock lock(&current_mutex_);
  return current_;
}

absl::StatusOr<Outcome> Registry::Apply(const Resources& wanted,
                                        const ApplyOptions& options) {
  MutexLock lock(&write_mutex_);
  const Registered current = Current();
  if (options.expected_revision.has_value() &&
      *options.expected_revision != current.revision) {
    return absl::AbortedError(absl::StrCat(
        "the registry is at revision ", current.revision, ", not at ",
        *options.expected_revision, "; look at what changed and apply again"));
  }
  absl::Status owned = CheckOwner(wanted);
  if (!owned.ok()) return owned;
  return Commit({wanted, options.effect, DescribeWithoutFile, options.author});
}

absl::StatusOr<Outcome> Registry::Edit(const EditFunction& edit, Actor author) {
  MutexLock lock(&write_mutex_);
  Resources resources = *Current().resources;
  absl::Status edited = edit(resources);
  if (!edited.ok()) return edited;
  absl::Status owned = CheckOwner(resources);
  if (!owned.ok()) return owned;
  return Commit({std::move(resources), Effect::kCommit, DescribeWithoutFile,
                 std::move(author)});
}

absl::StatusOr<Outcome> Registry::ApplyFile(const config::ResourceFile& file,
                                            const std::string& path) {
  FileOwner owner{path, {}};
  for (const std::string& name : file.sections) {
    const std::optional<Section> section = SectionByName(name);
    if (section.has_value()) owner.sections.insert(*section);
  }
  if (owner.sections.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": has no section; write `providers:`, `models:`, ",
                     "`client_keys:`, `policy:`, `webhooks:` or `prices:`"));
  }
  MutexLock lock(&write_mutex_);
  Resources resources = *Current().resources;
  for (Section section : owner.sections) {
    CopySection(section, file.resources, resources);
  }
  absl::StatusOr<Outcome> outcome =
      Commit({std::move(resources), Effect::kCommit,
              [&](const std::vector<config::Problem>& problems) {
                return config::Describe(problems, file.lines, path);
              },
              Actor{absl::StrCat("file ", path)}});
  if (outcome.ok()) owner_ = std::move(owner);
  return outcome;
}

void Registry::ReserveFor(const std::string& path) {
  MutexLock lock(&write_mutex_);
  owner_ = FileOwner{path, {kSections.begin(), kSections.end()}};
}

void Registry::OnChange(std::function<void(const Registered&)> listener) {
  MutexLock lock(&write_mutex_);
  listeners_.push_back(std::move(listener));
}

absl::Status Registry::CheckOwner(const Resources& wanted) const {
  if (!owner_.has_value()) return absl::OkStatus();
  const Registered current = Current();
  for (Section section : owner_->sections) {
    if (SectionEquals(section, *current.resources, wanted)) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(SectionName(section), " are kept in the file ",
                     owner_->path, "; change them there"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Outcome> Registry::Commit(Proposal proposal) {
  const config::Findings findings = config::Validate(proposal.resources);
  if (!findings.problems.empty()) {
    return absl::InvalidArgumentError(proposal.describe(findings.problems));
  }
  const Registered current = Current();
  Outcome outcome;
  outcome.changes = Diff(*current.resources, proposal.resources);
  outcome.warnings = Sentences(findings.warnings);
  // Bytes would not do: maps have no order.
  const bool same = google::protobuf::util::MessageDifferencer::Equals(
      proposal.resources, *current.resources);
  if (proposal.effect == Effect::kCommit && !same) {
    absl::Status kept = Keep(std::move(proposal.resources), proposal.author);
    if (!kept.ok()) return kept;
  }
  outcome.revision = Current().revision;
  return outcome;
}

absl::Status Registry::Keep(Resources resources, const Actor& author) {
  StoredResources next{Current().revision + 1, std::move(resources)};
  absl::Status saved = store_.Save(next);
  if (saved.ok()) {
    Announce(std::move(next), author);
    return saved;
  }
  ++store_errors_;
  if (absl::IsAborted(saved)) Adopt(author);
  return saved;
}

void Registry::Adopt(const Actor& author) {
  absl::StatusOr<StoredResources> stored = store_.Load();
  if (!stored.ok() || stored->revision <= Current().revision ||
      !config::Validate(stored->resources).problems.empty()) {
    return;
  }
  Announce(*std::move(stored), author);
}

void Registry::Announce(StoredResources stored, const Actor& author) {
  const Registered registered{
      stored.revision,
      std::make_shared<const Resources>(std::move(stored.resources)), author};
  {
    MutexLock lock(&current_mutex_);
    current_ = registered;
  }
  for (const auto& listener : listeners_) listener(registered);
}

}  // namespace weir::controlplane
