// The open streams, and which of them speaks for which node.
#ifndef WEIR_CONTROLPLANE_RPC_STREAM_TABLE_H_
#define WEIR_CONTROLPLANE_RPC_STREAM_TABLE_H_

#include <cstddef>
#include <map>
#include <memory>
#include <vector>

#include "common/ids.h"
#include "common/mutex.h"
#include "controlplane/publish/node_list.h"

namespace weir::controlplane {

class NodeStream;

// Thread safety: every method may be called from any thread, with or without a
// stream's lock held.
class StreamTable {
 public:
  void Add(StreamId id, std::shared_ptr<NodeStream> stream);
  // Lets go of it.
  void Remove(StreamId id);

  // `id` speaks for `node` from now on. Returns the stream that did until now;
  // null when there was none.
  std::shared_ptr<NodeStream> SpeaksFor(const NodeId& node, StreamId id);

  // Null where there is none any more.
  std::shared_ptr<NodeStream> Find(StreamId id) const;
  std::size_t size() const;
  // In the order they were opened.
  std::vector<std::shared_ptr<NodeStream>> All() const;

 private:
  mutable Mutex mutex_;
  std::map<StreamId, std::shared_ptr<NodeStream>> streams_
      ABSL_GUARDED_BY(mutex_);
  std::map<NodeId, StreamId> speaker_ ABSL_GUARDED_BY(mutex_);
  // The reverse of speaker_.
  std::map<StreamId, NodeId> node_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_RPC_STREAM_TABLE_H_
