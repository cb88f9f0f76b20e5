// Whether two heads say the same.
#ifndef WEIR_TESTS_DATAPLANE_HTTP1_SAME_FIELDS_H_
#define WEIR_TESTS_DATAPLANE_HTTP1_SAME_FIELDS_H_

#include <cstddef>

#include "dataplane/http1/head.h"
#include "gtest/gtest.h"

namespace weir::dataplane::http1 {

// Of what requests and answers share.
inline void ExpectSameFields(const HeadFields& one, const HeadFields& other) {
  EXPECT_EQ(one.size, other.size);
  EXPECT_EQ(one.framing, other.framing);
  EXPECT_EQ(one.content_length, other.content_length);
  EXPECT_EQ(one.says_close, other.says_close);
  EXPECT_EQ(one.minor_version, other.minor_version);
  EXPECT_EQ(one.ids, other.ids);
  ASSERT_EQ(one.header_count, other.header_count);
  for (std::size_t i = 0; i < one.header_count; ++i) {
    EXPECT_EQ(one.headers[i].id(), other.headers[i].id());
    EXPECT_EQ(one.headers[i].name(), other.headers[i].name());
    EXPECT_EQ(one.headers[i].value(), other.headers[i].value());
    EXPECT_EQ(one.headers[i].line(), other.headers[i].line());
  }
}

}  // namespace weir::dataplane::http1

#endif  // WEIR_TESTS_DATAPLANE_HTTP1_SAME_FIELDS_H_
