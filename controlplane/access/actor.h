// Who changed something.
#ifndef WEIR_CONTROLPLANE_ACCESS_ACTOR_H_
#define WEIR_CONTROLPLANE_ACCESS_ACTOR_H_

#include <string>
#include <string_view>

namespace weir::controlplane {

// As weir.admin.v1.Event has it. Who makes one sees to it that it is fit for a
// log: what a peer said of itself is cut and escaped.
struct Actor {
  // `certificate NAME`, `token NAME`, `peer ADDRESS`, `file PATH`; the control
  // plane itself where nobody else is named.
  std::string name = "weir";
  // The role that allowed it; empty where nobody had to be asked.
  std::string role = {};

  friend bool operator==(const Actor&, const Actor&) = default;
};

// `ROLE NAME`, as a follower tells the leader for whom it passes a call on.
std::string ToText(const Actor& actor);
// The same read back; cut, and `?` for bytes that no log should get, for it
// comes from a peer.
Actor ParseActor(std::string_view text);

}  // namespace weir::controlplane

#endif  // WEIR_CONTROLPLANE_ACCESS_ACTOR_H_
