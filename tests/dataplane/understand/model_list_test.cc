#include "dataplane/understand/model_list.h"

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/dialect/dialect.h"
#include "dataplane/request.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/dataplane/small_routing.h"

namespace weir::dataplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ModelListTest : public ::testing::Test {
 protected:
  // The ids of the list, which is checked for the API's form on the way.
  std::vector<std::string> Ids() {
    const testing::SentRequest sent(routing_, "GET /v1/models", "", "");
    simdjson::dom::parser parser;
    simdjson::dom::element list;
    EXPECT_EQ(parser.parse(ModelList(sent.request)).get(list),
              simdjson::SUCCESS);
    EXPECT_EQ(std::string_view(list["object"]), "list");
    std::vector<std::string> ids;
    for (const simdjson::dom::element model : list["data"]) {
      EXPECT_EQ(std::string_view(model["object"]), "model");
      EXPECT_EQ(std::string_view(model["owned_by"]), "weir");
      EXPECT_GE(std::int64_t(model["created"]), 0);
      ids.emplace_back(std::string_view(model["id"]));
    }
    return ids;
  }

  Outcome<std::string> One(std::string_view name) {
    const testing::SentRequest sent(routing_, "GET /v1/models/x", "", "");
    return OneModel(sent.request, name);
  }

  testing::SmallRouting routing_;
};

TEST_F(ModelListTest, IsInTheClientsDialect) {
  routing_.AddModel("m", {});
  testing::SentRequest sent(routing_, "GET /v1/models", "", "");
  for (const auto* dialect : {&dialect::Anthropic(), &dialect::Gemini()}) {
    sent.request.dialect = dialect;
    const std::string_view names[] = {"m"};
    EXPECT_EQ(ModelList(sent.request), dialect->ModelList(names));
    EXPECT_EQ(std::get<std::string>(OneModel(sent.request, "m")),
              dialect->OneModel("m"));
  }
}

TEST_F(ModelListTest, IsEmptyWithoutModels) { EXPECT_THAT(Ids(), IsEmpty()); }

TEST_F(ModelListTest, HasNamesAndAliasesInOrder) {
  const ModelIndex b = routing_.AddModel("b\"\u00e9", {});
  routing_.AddModel("c", {});
  routing_.config->model_by_name.emplace("a-alias", b);
  EXPECT_THAT(Ids(), ElementsAre("a-alias", "b\"\u00e9", "c"));
}

TEST_F(ModelListTest, HasOnlyWhatTheKeyMayUseAndTheOperatorOffers) {
  routing_.AddModel("allowed", {});
  routing_.AddModel("other", {});
  const ModelIndex off = routing_.AddModel("off", {});
  routing_.config->models[off].mode = config::v1::MODE_DISABLED;
  EXPECT_THAT(Ids(), ElementsAre("allowed", "other"));
  routing_.client.may_use_all_models = false;
  routing_.client.models = {0, off};
  EXPECT_THAT(Ids(), ElementsAre("allowed"));
}

TEST_F(ModelListTest, OneIsToldAlone) {
  routing_.AddModel("m/n", {});
  const Outcome<std::string> one = One("m/n");
  ASSERT_EQ(ErrorOf(one), nullptr);
  EXPECT_EQ(std::get<std::string>(one),
            R"({"id":"m/n","object":"model","created":0,"owned_by":"weir"})");
}

TEST_F(ModelListTest, WhatMayNotBeUsedIsNotThere) {
  routing_.AddModel("mine", {});
  routing_.AddModel("yours", {});
  routing_.client.may_use_all_models = false;
  routing_.client.models = {0};
  for (const std::string_view name : {"yours", "nobodys", ""}) {
    const Outcome<std::string> one = One(name);
    ASSERT_NE(ErrorOf(one), nullptr) << name;
    EXPECT_EQ(ErrorOf(one)->status, 404);
    EXPECT_EQ(ErrorOf(one)->code, "model_not_found");
    EXPECT_THAT(ErrorOf(one)->message, HasSubstr("may use: mine."));
  }
  EXPECT_THAT(ErrorOf(One("nobodys"))->message, Not(HasSubstr("yours")));
}

}  // namespace
}  // namespace weir::dataplane
