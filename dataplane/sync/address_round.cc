#include "dataplane/sync/address_round.h"

#include <string>
#include <vector>

#include "absl/strings/str_split.h"

namespace weir::dataplane {

AddressRound::AddressRound(const std::string& addresses)
    : addresses_(absl::StrSplit(addresses, ',')) {}

bool AddressRound::OnLost() {
  index_ = (index_ + 1) % addresses_.size();
  tried_ = 0;
  return false;
}

bool AddressRound::OnRefused() {
  index_ = (index_ + 1) % addresses_.size();
  if (++tried_ < addresses_.size()) return true;
  tried_ = 0;
  return false;
}

}  // namespace weir::dataplane
