// A table of small changes to sound resources and what Validate() says of them.
#ifndef WEIR_TESTS_COMMON_CONFIG_VALIDATE_CASE_H_
#define WEIR_TESTS_COMMON_CONFIG_VALIDATE_CASE_H_

#include <functional>
#include <string>

#include "common/config/validate.h"
#include "gtest/gtest.h"

namespace weir::config {

// Two providers, two models of which one falls back to the other, a key.
inline v1::Resources SoundResources() {
  v1::Resources resources;
  for (const char* name : {"relay", "direct"}) {
    v1::Provider& provider = *resources.add_providers();
    provider.set_name(name);
    provider.set_base_url("https://" + std::string(name) + ".example/v1");
    provider.add_credentials()->set_env("KEY");
  }
  for (const char* name : {"gpt-4.1", "gpt-4.1-mini"}) {
    v1::Model& model = *resources.add_models();
    model.set_name(name);
    model.add_targets()->set_provider("relay");
    model.add_targets()->set_provider("direct");
  }
  resources.mutable_models(0)->add_aliases("gpt-4");
  resources.mutable_models(0)->add_fallback("gpt-4.1-mini");
  v1::ClientKey& key = *resources.add_client_keys();
  key.set_name("demo");
  key.set_secret_sha256(std::string(64, 'a'));
  return resources;
}

struct ValidateCase {
  std::string name;
  std::function<void(v1::Resources&)> change;
  // `field: what; fix`, a line each; empty for none.
  std::string problems = {};
  std::string warnings = {};
};

inline void ExpectFindings(const ValidateCase& test_case) {
  v1::Resources resources = SoundResources();
  test_case.change(resources);
  const Findings findings = Validate(resources);
  EXPECT_EQ(Describe(findings.problems), test_case.problems);
  EXPECT_EQ(Describe(findings.warnings), test_case.warnings);
}

}  // namespace weir::config

#endif  // WEIR_TESTS_COMMON_CONFIG_VALIDATE_CASE_H_
