#include "cli/verbs.h"

namespace weir::cli {

void AddVerbs(CLI::App& app, Session& session) {
  AddStatus(app, session);
  AddApply(app, session);
  AddExport(app, session);
  AddProvider(app, session);
  AddModel(app, session);
  AddKey(app, session);
  AddWeights(app, session);
  AddNodes(app, session);
  AddRollout(app, session);
  AddLimits(app, session);
  AddGroup(app, session);
  AddAlerts(app, session);
  AddEvents(app, session);
  AddExplain(app, session);
  AddSimulate(app, session);
  AddCost(app, session);
  AddLoadTest(app, session);
  AddCerts(app, session);
  AddCompletion(app, session);
  AddVersion(app, session);
}

}  // namespace weir::cli
