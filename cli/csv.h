// Messages as a spreadsheet takes them.
#ifndef WEIR_CLI_CSV_H_
#define WEIR_CLI_CSV_H_

#include <google/protobuf/message.h>

#include <string>
#include <vector>

namespace weir::cli {

// RFC 4180: a line of the fields' names, then one for each row, ended by CRLF;
// numbers as they are, times as 2026-01-31T12:00:00Z, nothing for what is
// absent. REQUIRES: all rows are of one type, which has only single values.
std::string Csv(const std::vector<const google::protobuf::Message*>& rows);

}  // namespace weir::cli

#endif  // WEIR_CLI_CSV_H_
