// Numbers of any dtype, with any strides, into the lanes of a program and back.
//
// As NumPy's astype has it: fractions are cut off, whole numbers wrap round, what is not 0 is true.
#pragma once

#include "vector.h"

namespace pellucid::PELLUCID_LEVEL {

// Calls `work` with a pointer to numbers of the type that a dtype stands for; true and false are the bytes 1 and 0.
template <class Work>
PELLUCID_INLINE void with_type(Dtype dtype, std::byte* start, Work work) {
    switch (dtype) {
    case Dtype::float32: return work(reinterpret_cast<float*>(start));
    case Dtype::float64: return work(reinterpret_cast<double*>(start));
    case Dtype::int8: return work(reinterpret_cast<std::int8_t*>(start));
    case Dtype::int16: return work(reinterpret_cast<std::int16_t*>(start));
    case Dtype::int32: return work(reinterpret_cast<std::int32_t*>(start));
    case Dtype::int64: return work(reinterpret_cast<std::int64_t*>(start));
    case Dtype::uint8:
    case Dtype::boolean: return work(reinterpret_cast<std::uint8_t*>(start));
    case Dtype::uint16: return work(reinterpret_cast<std::uint16_t*>(start));
    case Dtype::uint32: return work(reinterpret_cast<std::uint32_t*>(start));
    case Dtype::uint64: return work(reinterpret_cast<std::uint64_t*>(start));
    }
}

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
