#include "controlplane/ledger/suggestion.h"

#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weir::controlplane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

config::Price Output(double dollars) {
  config::Price price;
  price.output = dollars;
  return price;
}

// 10 M tokens out at 8 dollars a million.
const Spending kSpent{"gpt", "openai", "gpt", {.output = 10'000'000}, 80};

// DeepSeek as a fallback, sound and at 0.42.
Offer Sound() {
  return {.provider = "deepseek",
          .upstream_model = "deepseek-v3.2",
          .fallback = "deepseek",
          .price = Output(0.42),
          .score = 94,
          .usable = true};
}

std::vector<std::string> Suggest(std::vector<Offer> offers) {
  return Suggestions({kSpent}, {{"gpt", std::move(offers)}});
}

TEST(SuggestionTest, NamesTheCheapestAndItsNumbers) {
  Offer dearer = Sound();
  dearer.upstream_model = "dearer";
  dearer.price = Output(1);
  EXPECT_THAT(
      Suggest({dearer, Sound()}),
      ElementsAre("gpt on openai/gpt cost $80.00; the same on "
                  "deepseek/deepseek-v3.2 (its fallback deepseek), now at a "
                  "score of 94, would have cost $4.20, $75.80 (94.8 %) less"));
}

TEST(SuggestionTest, ATargetOfTheModelItselfIsNoFallback) {
  Offer own = Sound();
  own.fallback = "";
  EXPECT_THAT(Suggest({own}),
              ElementsAre(HasSubstr("on deepseek/deepseek-v3.2, now at")));
}

TEST(SuggestionTest, WhatIsNotAdequateIsNotSuggested) {
  std::vector<Offer> offers(5, Sound());
  offers[0].usable = false;
  offers[1].score = kAdequateScore - 1;
  offers[2].score = std::nullopt;
  offers[3].price = std::nullopt;
  offers[4].provider = "openai";
  offers[4].upstream_model = "gpt";
  EXPECT_THAT(Suggest(offers), IsEmpty());
}

TEST(SuggestionTest, LessThanATenthIsNotWorthAChange) {
  Offer offer = Sound();
  offer.price = Output(7.21);
  EXPECT_THAT(Suggest({offer}), IsEmpty());
  offer.price = Output(7.19);
  EXPECT_THAT(Suggest({offer}), ElementsAre(HasSubstr("$8.10 (10.1 %) less")));
}

TEST(SuggestionTest, NorIsLessThanACent) {
  Spending little = kSpent;
  little.work.output = 1000;
  little.cost_usd = 0.008;
  EXPECT_THAT(Suggestions({little}, {{"gpt", {Sound()}}}), IsEmpty());
}

TEST(SuggestionTest, WhatSparesMostComesFirstAndThereAreFive) {
  std::vector<Spending> spending;
  std::map<std::string, std::vector<Offer>> offers;
  for (int i = 1; i <= 6; ++i) {
    Spending one = kSpent;
    one.model = "model" + std::to_string(i);
    one.work.output *= static_cast<std::uint64_t>(i);
    one.cost_usd *= i;
    offers[one.model] = {Sound()};
    spending.push_back(one);
  }
  const std::vector<std::string> sentences = Suggestions(spending, offers);
  ASSERT_EQ(sentences.size(), kMaxSuggestions);
  EXPECT_THAT(sentences.front(), HasSubstr("model6"));
  EXPECT_THAT(sentences.back(), HasSubstr("model2"));
}

}  // namespace
}  // namespace weir::controlplane
