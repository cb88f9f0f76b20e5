// Which control plane a node asks next, where several are named.
#ifndef WEIR_DATAPLANE_SYNC_ADDRESS_ROUND_H_
#define WEIR_DATAPLANE_SYNC_ADDRESS_ROUND_H_

#include <cstddef>
#include <string>
#include <vector>

namespace weir::dataplane {

// One leads, the others refuse: all are asked one after the other, and a round
// in which none was of use is an attempt that failed.
class AddressRound {
 public:
  // `addresses`: host:port, or several with commas between them.
  explicit AddressRound(const std::string& addresses);

  const std::string& current() const { return addresses_[index_]; }

  // Both say whether the next one may be asked at once.
  //
  // It spoke to us, and the stream to it ended: the next one's turn, after a
  // wait. The same one may be frozen, and whoever asks that learns nothing for
  // longer than it takes another to lead.
  bool OnLost();
  // It was of no use: the next one's turn, at once until all have been asked.
  bool OnRefused();

 private:
  std::vector<std::string> addresses_;
  std::size_t index_ = 0;
  // Those that were of no use in this round.
  std::size_t tried_ = 0;
};

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_ADDRESS_ROUND_H_
