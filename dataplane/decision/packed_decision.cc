#include "dataplane/decision/packed_decision.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include "dataplane/attempt/attempt_record.h"
#include "dataplane/decision/decision.h"
#include "dataplane/plan/plan_record.h"

namespace weir::dataplane {
namespace {

static_assert(std::is_trivially_copyable_v<DecisionFacts>);
static_assert(std::is_trivially_copyable_v<ConsideredTarget>);
static_assert(std::is_trivially_copyable_v<AttemptRecord>);

// In front of all.
struct Counts {
  std::uint32_t targets;
  std::uint32_t attempts;
};

class Writer {
 public:
  explicit Writer(char* out) : out_(out) {}

  void Write(const void* bytes, std::size_t size) {
    if (size == 0) return;
    std::memcpy(out_, bytes, size);
    out_ += size;
  }

 private:
  char* out_;
};

template <typename T>
T Take(std::string_view& packed) {
  T value;
  std::memcpy(&value, packed.data(), sizeof(T));
  packed.remove_prefix(sizeof(T));
  return value;
}

}  // namespace

std::size_t PackedSize(const Decision& decision) {
  return sizeof(Counts) + sizeof(DecisionFacts) +
         decision.plan.items().size_bytes() +
         decision.attempts.items().size_bytes();
}

void Pack(const Decision& decision, char* out) {
  const std::span<const ConsideredTarget> targets = decision.plan.items();
  const std::span<const AttemptRecord> attempts = decision.attempts.items();
  const Counts counts{static_cast<std::uint32_t>(targets.size()),
                      static_cast<std::uint32_t>(attempts.size())};
  Writer writer(out);
  writer.Write(&counts, sizeof(counts));
  writer.Write(&decision.facts, sizeof(decision.facts));
  writer.Write(targets.data(), targets.size_bytes());
  writer.Write(attempts.data(), attempts.size_bytes());
}

DecisionFacts UnpackFacts(std::string_view packed) {
  packed.remove_prefix(sizeof(Counts));
  return Take<DecisionFacts>(packed);
}

void Unpack(std::string_view packed, Decision& decision) {
  const auto counts = Take<Counts>(packed);
  decision.facts = Take<DecisionFacts>(packed);
  decision.plan.Clear();
  for (std::uint32_t i = 0; i < counts.targets; ++i) {
    decision.plan.Add(Take<ConsideredTarget>(packed));
  }
  decision.attempts.Clear();
  for (std::uint32_t i = 0; i < counts.attempts; ++i) {
    decision.attempts.Add(Take<AttemptRecord>(packed));
  }
}

}  // namespace weir::dataplane
