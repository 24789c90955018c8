// Levels: the same kernels, compiled for what one processor has and another lacks.
//
// Every file of kernels/ is compiled once per level, in the namespace pellucid::PELLUCID_LEVEL (baseline,
// avx2, avx512). Nothing outside kernels/ is: it reaches them through the table that the best level hands
// out.
#pragma once

#include <string_view>
#include <vector>

#include "work.h"

namespace pellucid {

struct Level {
    std::string_view name;
    const Kernels& (*kernels)();
};

// The levels that this machine can run, from the lowest to the highest.
std::vector<Level> levels();

// The level in use: the highest, or the one that the environment variable PELLUCID_LEVEL names.
// Throws std::invalid_argument if there is none of that name.
const Level& level();

} // namespace pellucid
