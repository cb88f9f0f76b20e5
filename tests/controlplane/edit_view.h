// Views for tests to change.
#ifndef WEIR_TESTS_CONTROLPLANE_EDIT_VIEW_H_
#define WEIR_TESTS_CONTROLPLANE_EDIT_VIEW_H_

#include "controlplane/scoreboard.h"

namespace weir::controlplane {

// A copy in its place, which nobody shares; holds until the next call.
inline ModelView& Edit(SharedModelView& view) {
  view = ModelView(view);
  return const_cast<ModelView&>(*view.operator->());
}

}  // namespace weir::controlplane

#endif  // WEIR_TESTS_CONTROLPLANE_EDIT_VIEW_H_
