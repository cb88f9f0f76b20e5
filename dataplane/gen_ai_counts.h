// Answers as OpenTelemetry's conventions for generative AI count them.
//
// https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/ has the
// names and the buckets' bounds.
#ifndef WEIR_DATAPLANE_GEN_AI_COUNTS_H_
#define WEIR_DATAPLANE_GEN_AI_COUNTS_H_

#include <array>
#include <compare>
#include <string>
#include <string_view>
#include <utility>

#include "dataplane/bucket_counts.h"

namespace weir::dataplane {

inline constexpr std::array<double, 14> kTokenBounds = {
    1,     4,     16,     64,      256,     1024,     4096,
    16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864};
inline constexpr std::array<double, 14> kDurationBounds = {
    0.01, 0.02, 0.04, 0.08,  0.16,  0.32,  0.64,
    1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};
inline constexpr std::array<double, 16> kGenAiFirstTokenBounds = {
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1,
    0.25,  0.5,   0.75, 1.0,  2.5,  5.0,  7.5,  10.0};
inline constexpr std::array<double, 13> kPerTokenBounds = {
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5};

// What a client asked for and who served it; all of it from the configuration
// or a word of the conventions.
struct GenAiLabels {
  // `chat`, `text_completion`, `embeddings` or `generate_content`.
  std::string operation;
  // The conventions' word for the API that the provider speaks: `openai`,
  // `anthropic`, `gcp.gemini`.
  std::string provider_name;
  // The model that was asked for, by its name and not by an alias.
  std::string request_model;
  // The provider's name for the model that served.
  std::string response_model;
  // As in the configuration.
  std::string provider;

  friend auto operator<=>(const GenAiLabels&, const GenAiLabels&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const GenAiLabels& labels) {
    return H::combine(std::move(h), labels.operation, labels.provider_name,
                      labels.request_model, labels.response_model,
                      labels.provider);
  }
};

// Of answers that reached their clients, whole or in part.
struct GenAiCounts {
  BucketCounts<kTokenBounds> input_tokens;
  BucketCounts<kTokenBounds> output_tokens;
  // From a request's head to the end of its answer.
  BucketCounts<kDurationBounds> duration;
  // Of streams alone.
  BucketCounts<kGenAiFirstTokenBounds> first_token;
  // Of streams of two tokens or more, after the first.
  BucketCounts<kPerTokenBounds> per_output_token;

  void Merge(const GenAiCounts& other) {
    input_tokens.Merge(other.input_tokens);
    output_tokens.Merge(other.output_tokens);
    duration.Merge(other.duration);
    first_token.Merge(other.first_token);
    per_output_token.Merge(other.per_output_token);
  }
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_GEN_AI_COUNTS_H_
