// Between the quota lane's messages and what the node keeps of limits; pure.
#ifndef WEIR_DATAPLANE_SYNC_QUOTA_CODEC_H_
#define WEIR_DATAPLANE_SYNC_QUOTA_CODEC_H_

#include <vector>

#include "dataplane/quota/quota_book.h"
#include "weir/routing/v1/quota.pb.h"
#include "weir/routing/v1/routing.pb.h"

namespace weir::dataplane {

// Shares that are no numbers, or less than none, are none.
QuotaWord QuotaWordOf(const routing::v1::QuotaUpdate& update);

routing::v1::Report WithDemands(const std::vector<QuotaDemand>& demands,
                                routing::v1::Report report);

}  // namespace weir::dataplane

#endif  // WEIR_DATAPLANE_SYNC_QUOTA_CODEC_H_
