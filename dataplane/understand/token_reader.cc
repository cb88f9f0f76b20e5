#include "dataplane/understand/token_reader.h"

#include <emmintrin.h>
#include <simdjson.h>

namespace weir::dataplane {

bool TokenReader::IsUtf8() const {
  return _mm_movemask_epi8(seen_) == 0 ||
         simdjson::validate_utf8(text_.data(), text_.size());
}

}  // namespace weir::dataplane
