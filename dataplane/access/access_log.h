// A worker's lines of the access log, until somebody fetches them.
#ifndef WEIR_DATAPLANE_ACCESS_ACCESS_LOG_H_
#define WEIR_DATAPLANE_ACCESS_ACCESS_LOG_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "common/random.h"
#include "dataplane/access/access_record.h"

namespace weir::dataplane {

// Not thread-safe: used on its worker's thread.
class AccessLog {
 public:
  struct Lines {
    std::string text;
    // That there was no room for.
    std::uint64_t dropped = 0;
  };

  // `sample` of the requests that went well are kept, 0 to 1; those that failed
  // always. `random` outlives this. At most `most` bytes wait.
  AccessLog(double sample, Random& random, std::size_t most = kMostBytes)
      : sample_(sample), random_(random), most_(most) {}

  void Add(const AccessRecord& record) {
    if (!record.failed() && random_.Uniform() >= sample_) return;
    const std::size_t before = lines_.text.size();
    AppendJsonLine(record, lines_.text);
    if (lines_.text.size() <= most_) return;
    lines_.text.resize(before);
    ++lines_.dropped;
  }

  Lines Take() { return std::exchange(lines_, {}); }

 private:
  // Some 5,000 lines: 200 ms, which is how often they are fetched, of 25,000
  // requests a second.
  static constexpr std::size_t kMostBytes = std::size_t{2} << 20;

  const double sample_;
  Random& random_;
  const std::size_t most_;
  Lines lines_;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_ACCESS_ACCESS_LOG_H_
