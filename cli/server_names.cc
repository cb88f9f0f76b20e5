#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "cli/admin_client.h"
#include "cli/complete.h"
#include "cli/connection.h"
#include "common/net/plaintext.h"

namespace weir::cli {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(1);

// As the command line that is being written has it, else the environment.
std::string ValueOf(const std::vector<std::string>& words,
                    const std::string& flag, const char* variable) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == flag && i + 1 < words.size()) return words[i + 1];
    if (words[i].starts_with(flag + '=')) {
      return words[i].substr(flag.size() + 1);
    }
  }
  const char* const value = std::getenv(variable);
  return value != nullptr ? value : "";
}

Connection ConnectionOf(const std::vector<std::string>& words) {
  Connection connection;
  const std::string server = ValueOf(words, "--server", "WEIR_SERVER");
  if (!server.empty()) connection.server = server;
  connection.tls = {ValueOf(words, "--tls-cert", "WEIR_TLS_CERT"),
                    ValueOf(words, "--tls-key", "WEIR_TLS_KEY"),
                    ValueOf(words, "--tls-ca", "WEIR_TLS_CA")};
  const std::string insecure = ValueOf(words, "--insecure", "WEIR_INSECURE");
  if (std::find(words.begin(), words.end(), "--insecure") != words.end() ||
      insecure == "true" || insecure == "1") {
    connection.plaintext = net::Plaintext::kAnywhere;
  }
  connection.token = ValueOf(words, "--token", "WEIR_TOKEN");
  return connection;
}

// `list` is a repeated field of resources with a name.
template <typename List>
std::vector<std::string> NamesIn(const List& list) {
  std::vector<std::string> names;
  for (const auto& resource : list) names.push_back(resource.name());
  return names;
}

std::vector<std::string> NamesOf(
    const google::protobuf::RepeatedPtrField<admin::GroupStatus>& groups) {
  std::vector<std::string> names;
  for (const admin::GroupStatus& group : groups) {
    names.push_back(group.group());
  }
  return names;
}

std::vector<std::string> Ask(AdminClient& client, Noun noun) {
  switch (noun) {
    case Noun::kProvider: {
      const auto answer = client.Call(&AdminClient::Stub::ListProviders,
                                      admin::ListProvidersRequest());
      if (answer.ok()) return NamesIn(answer->providers());
      break;
    }
    case Noun::kModel: {
      const auto answer = client.Call(&AdminClient::Stub::ListModels,
                                      admin::ListModelsRequest());
      if (answer.ok()) return NamesIn(answer->models());
      break;
    }
    case Noun::kKey: {
      const auto answer = client.Call(&AdminClient::Stub::ListClientKeys,
                                      admin::ListClientKeysRequest());
      if (answer.ok()) return NamesIn(answer->client_keys());
      break;
    }
    case Noun::kGroup: {
      const auto answer =
          client.Call(&AdminClient::Stub::GetGroups, admin::GetGroupsRequest());
      if (answer.ok()) return NamesOf(answer->groups());
      break;
    }
  }
  return {};
}

}  // namespace

NameSource ServerNames(const Io& io, const std::vector<std::string>& words) {
  return [&io, connection = ConnectionOf(words)](Noun noun) {
    AdminClient client(io, connection, kPatience);
    return Ask(client, noun);
  };
}

}  // namespace weir::cli
