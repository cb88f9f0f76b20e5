// Small valid resources for tests.
#ifndef WEIR_TESTS_CONTROLPLANE_SAMPLE_RESOURCES_H_
#define WEIR_TESTS_CONTROLPLANE_SAMPLE_RESOURCES_H_

#include <string>

#include "weir/config/v1/resources.pb.h"

namespace weir::controlplane {

inline config::v1::Provider SampleProvider(const std::string& name) {
  config::v1::Provider provider;
  provider.set_name(name);
  provider.set_dialect(config::v1::DIALECT_OPENAI);
  provider.set_base_url("https://" + name + ".example/v1");
  return provider;
}

inline config::v1::Model SampleModel(const std::string& name,
                                     const std::string& provider) {
  config::v1::Model model;
  model.set_name(name);
  model.add_targets()->set_provider(provider);
  return model;
}

inline config::v1::ClientKey SampleClientKey(const std::string& name,
                                             char digit) {
  config::v1::ClientKey key;
  key.set_name(name);
  key.set_secret_sha256(std::string(64, digit));
  return key;
}

// Providers east and west; model chat at both; client key app.
inline config::v1::Resources SampleResources() {
  config::v1::Resources resources;
  *resources.add_providers() = SampleProvider("east");
  *resources.add_providers() = SampleProvider("west");
  *resources.add_models() = SampleModel("chat", "east");
  resources.mutable_models(0)->add_targets()->set_provider("west");
  *resources.add_client_keys() = SampleClientKey("app", 'a');
  return resources;
}

}  // namespace weir::controlplane

#endif  // WEIR_TESTS_CONTROLPLANE_SAMPLE_RESOURCES_H_
