// Several short rows in one vector, side by side: the first numbers of each.
#pragma once

#include <utility>

#include "vector.h"

namespace pellucid::PELLUCID_LEVEL {

template <int numbers>
struct PartOf {
    typedef float type __attribute__((vector_size(numbers * sizeof(float)), aligned(sizeof(float)), may_alias));
};
template <int numbers>
using Part = typename PartOf<numbers>::type;

template <class Half, std::size_t... lane>
PELLUCID_INLINE auto joined(Half low, Half high, std::index_sequence<lane...>) {
    return __builtin_shufflevector(low, high, lane...);
}
template <int first, class Whole, std::size_t... lane>
PELLUCID_INLINE auto part_of(Whole whole, std::index_sequence<lane...>) {
    return __builtin_shufflevector(whole, whole, (first + lane)...);
}

// The first numbers of some rows, `row` numbers apart.
template <int numbers, int rows = lanes<float> / numbers>
PELLUCID_INLINE auto load_parts(const float* from, std::int64_t row) {
    if constexpr (rows == 1)
        return *reinterpret_cast<const Part<numbers>*>(from);
    else
        return joined(load_parts<numbers, rows / 2>(from, row),
                      load_parts<numbers, rows / 2>(from + rows / 2 * row, row),
                      std::make_index_sequence<rows * numbers>{});
}

template <int numbers, int first = 0>
PELLUCID_INLINE void store_parts(float* to, std::int64_t row, Vector<float> parts) {
    *reinterpret_cast<Part<numbers>*>(to) = part_of<first>(parts, std::make_index_sequence<numbers>{});
    if constexpr (first + numbers < lanes<float>)
        store_parts<numbers, first + numbers>(to + row, row, parts);
}

} // namespace pellucid::PELLUCID_LEVEL
