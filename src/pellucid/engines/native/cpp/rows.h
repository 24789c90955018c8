// Copying rows: what a batch consists of, from where the examples lie to where the plan wants them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pellucid {

// Copies `count` rows of `bytes` each, one after the other, to `to`: those whose numbers `order` lists, or, if it is
// null, the first ones.
void copy_rows(std::byte* to, const std::byte* from, std::int64_t bytes, const std::int32_t* order, std::int64_t count);

} // namespace pellucid
