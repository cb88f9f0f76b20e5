// The verbs. Each Add...() gives `app` a subcommand which, when it is asked
// for, makes the session run it. REQUIRES: `session` outlives `app`.
#ifndef WEIR_CLI_VERBS_H_
#define WEIR_CLI_VERBS_H_

#include <CLI/App.hpp>

#include "cli/session.h"

namespace weir::cli {

void AddApply(CLI::App& app, Session& session);
void AddExport(CLI::App& app, Session& session);
void AddProvider(CLI::App& app, Session& session);
void AddModel(CLI::App& app, Session& session);
void AddKey(CLI::App& app, Session& session);
void AddStatus(CLI::App& app, Session& session);
void AddWeights(CLI::App& app, Session& session);
void AddNodes(CLI::App& app, Session& session);
void AddRollout(CLI::App& app, Session& session);
void AddLimits(CLI::App& app, Session& session);
void AddGroup(CLI::App& app, Session& session);
void AddAlerts(CLI::App& app, Session& session);
void AddEvents(CLI::App& app, Session& session);
void AddExplain(CLI::App& app, Session& session);
void AddSimulate(CLI::App& app, Session& session);
void AddCost(CLI::App& app, Session& session);
void AddLoadTest(CLI::App& app, Session& session);
void AddCerts(CLI::App& app, Session& session);
void AddCompletion(CLI::App& app, Session& session);
void AddVersion(CLI::App& app, Session& session);

// All of them, in the order of --help.
void AddVerbs(CLI::App& app, Session& session);

}  // namespace weir::cli

#endif  // WEIR_CLI_VERBS_H_
