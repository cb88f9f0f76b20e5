// The parameters of a query, as they stand: nothing is decoded.
#ifndef WEIR_DATAPLANE_HTTP1_QUERY_H_
#define WEIR_DATAPLANE_HTTP1_QUERY_H_

#include <string>
#include <string_view>

namespace weir::dataplane::http1 {

// The first value of the parameter; empty where there is none.
std::string_view QueryValue(std::string_view query, std::string_view name);

// Appends `?` and the query without any parameter of this name; nothing where
// nothing is left.
void AppendQueryWithout(std::string_view query, std::string_view name,
                        std::string& out);

}  // namespace weir::dataplane::http1

#endif  // WEIR_DATAPLANE_HTTP1_QUERY_H_
