#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/sha256.h"
#include "dataplane/snapshot.h"
#include "dataplane/sync/snapshot_cache.h"
#include "dataplane/sync/stored_lanes.h"

namespace weir::dataplane {
namespace {

constexpr std::string_view kMagic = "weirsnap";
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kHeaderBytes =
    kMagic.size() + sizeof(kFormat) + sizeof(std::uint64_t) + kHashBytes;

template <typename Number>
void Put(Number number, std::string& out) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    out.push_back(static_cast<char>((number >> (8 * i)) & 0xff));
  }
}

void PutBytes(std::string_view bytes, std::string& out) {
  Put(std::uint64_t{bytes.size()}, out);
  out.append(bytes);
}

void PutLane(const std::optional<StoredLane>& lane, std::string& out) {
  Put(std::uint8_t{lane.has_value()}, out);
  if (!lane.has_value()) return;
  Put(lane->version.epoch, out);
  Put(lane->version.sequence, out);
  PutBytes(lane->version.hash, out);
  PutBytes(*lane->bytes, out);
}

// Takes things off the front of some bytes; once it can't, it stays bad.
class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  std::string_view Take(std::uint64_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      size = 0;
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  template <typename Number>
  Number TakeNumber() {
    Number number = 0;
    std::size_t shift = 0;
    for (const char byte : Take(sizeof(Number))) {
      number |= static_cast<Number>(Number{static_cast<unsigned char>(byte)}
                                    << shift);
      shift += 8;
    }
    return number;
  }
  std::string_view TakeBytes() { return Take(TakeNumber<std::uint64_t>()); }

  std::optional<StoredLane> TakeLane() {
    if (TakeNumber<std::uint8_t>() == 0) return std::nullopt;
    StoredLane lane;
    lane.version.epoch = TakeNumber<std::uint64_t>();
    lane.version.sequence = TakeNumber<std::uint64_t>();
    lane.version.hash = std::string(TakeBytes());
    lane.bytes = std::make_shared<const std::string>(TakeBytes());
    return lane;
  }

  bool AtEnd() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

std::string EncodeLanes(const StoredLanes& lanes) {
  std::string payload;
  PutLane(lanes.config, payload);
  PutLane(lanes.weights, payload);
  Put(static_cast<std::uint64_t>(
          absl::ToUnixSeconds(lanes.weights_confirmed_at)),
      payload);

  std::string content(kMagic);
  Put(kFormat, content);
  Put(std::uint64_t{payload.size()}, content);
  content += Sha256(payload);
  content += payload;
  return content;
}

absl::StatusOr<StoredLanes> DecodeLanes(std::string_view content) {
  if (content.size() < kHeaderBytes) {
    return absl::DataLossError("the file is cut off inside its header");
  }
  Reader header(content.substr(0, kHeaderBytes));
  if (header.Take(kMagic.size()) != kMagic) {
    return absl::DataLossError("the file is no snapshot cache");
  }
  if (const auto format = header.TakeNumber<std::uint32_t>();
      format != kFormat) {
    return absl::UnimplementedError(absl::StrCat(
        "the file has format ", format, ", this version reads ", kFormat));
  }
  const auto size = header.TakeNumber<std::uint64_t>();
  const std::string_view payload = content.substr(kHeaderBytes);
  if (payload.size() != size) {
    return absl::DataLossError(
        absl::StrCat("the file has ", payload.size(), " of ", size, " bytes"));
  }
  if (Sha256(payload) != header.Take(kHashBytes)) {
    return absl::DataLossError("the file's content is not what was written");
  }
  Reader reader(payload);
  StoredLanes lanes;
  lanes.config = reader.TakeLane();
  lanes.weights = reader.TakeLane();
  lanes.weights_confirmed_at = absl::FromUnixSeconds(
      static_cast<std::int64_t>(reader.TakeNumber<std::uint64_t>()));
  if (!reader.AtEnd()) {
    return absl::DataLossError("the file's content has another shape");
  }
  return lanes;
}

}  // namespace weir::dataplane
