#include "cli/complete.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::cli {
namespace {

// Where the words lead.
struct Place {
  const CLI::App* app;
  // Whose value the cursor is at.
  const CLI::Option* option = nullptr;
  // Names that stand there already.
  int positionals = 0;
};

// Options may stand behind the verb and belong to the program all the same.
const CLI::Option* FindOption(const CLI::App& app, std::string_view word) {
  for (const CLI::App* level = &app; level != nullptr;
       level = level->get_parent()) {
    for (const CLI::Option* option : level->get_options()) {
      if (option->check_name(std::string(word))) return option;
    }
  }
  return nullptr;
}

bool TakesValue(const CLI::Option* option) {
  return option != nullptr && option->get_items_expected_max() > 0;
}

const CLI::App* FindSubcommand(const CLI::App& app, const std::string& word) {
  for (const CLI::App* subcommand :
       app.get_subcommands([](const CLI::App*) { return true; })) {
    if (subcommand->get_name() == word) return subcommand;
  }
  return nullptr;
}

Place Walk(const CLI::App& root, const std::vector<std::string>& words) {
  Place place{&root};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    if (place.option != nullptr) {
      place.option = nullptr;  // The word is its value.
    } else if (word.starts_with('-')) {
      const CLI::Option* option = FindOption(*place.app, word);
      if (TakesValue(option)) place.option = option;
    } else if (const auto* next = FindSubcommand(*place.app, word)) {
      place.app = next;
    } else {
      ++place.positionals;
    }
  }
  return place;
}

std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* level = &app; level != nullptr;
       level = level->get_parent()) {
    for (const CLI::Option* option : level->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        const std::string flag = "--" + name;
        if (std::find(names.begin(), names.end(), flag) == names.end()) {
          names.push_back(flag);
        }
      }
    }
  }
  return names;
}

std::optional<Noun> NounOf(std::string_view word) {
  if (word == "provider" || word == "providers" || word == "down") {
    return Noun::kProvider;
  }
  if (word == "model" || word == "models") return Noun::kModel;
  if (word == "key") return Noun::kKey;
  if (word == "group") return Noun::kGroup;
  return std::nullopt;
}

std::vector<std::string> ValuesOf(const CLI::Option& option,
                                  const NameSource& names) {
  if (option.check_lname("output")) return {"table", "json", "yaml", "csv"};
  if (option.get_lnames().empty()) return {};
  const auto noun = NounOf(option.get_lnames().front());
  return noun ? names(*noun) : std::vector<std::string>();
}

std::vector<std::string> Positionals(const Place& place,
                                     const NameSource& names) {
  if (place.positionals > 0) return {};
  if (place.app->get_name() == "completion") return {"bash", "zsh", "fish"};
  // A name that is to be made is nobody's yet.
  const CLI::App* parent = place.app->get_parent();
  if (parent == nullptr || place.app->get_name() == "create") return {};
  const bool takes_name = place.app->get_option_no_throw("NAME") != nullptr;
  const auto noun = NounOf(parent->get_name());
  return takes_name && noun ? names(*noun) : std::vector<std::string>();
}

}  // namespace

std::vector<std::string> Verbs(const CLI::App& app) {
  std::vector<std::string> verbs;
  for (const CLI::App* subcommand :
       app.get_subcommands([](const CLI::App*) { return true; })) {
    verbs.push_back(subcommand->get_name());
  }
  return verbs;
}

std::vector<std::string> Complete(const CLI::App& app,
                                  const std::vector<std::string>& words,
                                  const NameSource& names) {
  if (words.empty()) return Verbs(app);
  const Place place = Walk(app, words);
  const std::string& partial = words.back();

  std::vector<std::string> candidates;
  // What stands before the comma in `--models a,b` stays.
  std::string kept;
  if (place.option != nullptr) {
    candidates = ValuesOf(*place.option, names);
    kept = partial.substr(0, partial.rfind(',') + 1);
  } else if (partial.starts_with('-')) {
    candidates = OptionNames(*place.app);
  } else if (candidates = Verbs(*place.app); candidates.empty()) {
    candidates = Positionals(place, names);
  }

  std::vector<std::string> fitting;
  for (const std::string& candidate : candidates) {
    if ((kept + candidate).starts_with(partial)) {
      fitting.push_back(kept + candidate);
    }
  }
  return fitting;
}

}  // namespace weir::cli
