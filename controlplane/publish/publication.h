// What all nodes are told: a lane's content at a version.
#ifndef WEIR_CONTROLPLANE_PUBLISH_PUBLICATION_H_
#define WEIR_CONTROLPLANE_PUBLISH_PUBLICATION_H_

#include <cstdint>
#include <memory>
#include <string>

namespace weir::controlplane {

enum class Lane { kConfig, kWeights };

// Orders what the control plane says: by epoch, then by sequence.
struct Version {
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::string hash;  // SHA-256 of the lane's content, 32 bytes.

  friend bool operator==(const Version&, const Version&) = default;
};

// Immutable and shared by all streams, however slow they are.
struct Publication {
  Version version;
  // A whole message of the stream, serialized.
  std::string message;
};
using PublicationPtr = std::shared_ptr<const Publication>;

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_PUBLISH_PUBLICATION_H_
