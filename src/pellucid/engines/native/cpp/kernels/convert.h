// Numbers of any dtype, with any strides, into the lanes of a program and back.
//
// As NumPy's astype has it: fractions are cut off, whole numbers wrap round, what is not 0 is true.
#pragma once

#include "vector.h"

namespace pellucid::PELLUCID_LEVEL {

// Numbers in memory: the first one, and the ways to the next row and the next column, in numbers.
struct Strided {
    std::byte* start;
    Dtype dtype;
    std::int64_t row, column;
};

// `to` and `from` have rows of T side by side, `pitch` numbers from one to the next.
template <class T>
void load_numbers(T* to, std::int64_t pitch, const Strided& from, std::int64_t rows, std::int64_t columns);
template <class T>
void store_numbers(const Strided& to, const T* from, std::int64_t pitch, std::int64_t rows, std::int64_t columns);

} // namespace pellucid::PELLUCID_LEVEL
