// Numbers by their bits (IEEE 754), and what every function needs.
#pragma once

#include "vector.h"

namespace pellucid::PELLUCID_LEVEL::math {

template <class T>
struct Form;
template <>
struct Form<float> {
    using Unsigned = std::uint32_t;
    static constexpr int digits = 23; // of the fraction
    static constexpr int bias = 127;  // of the exponent
};
template <>
struct Form<double> {
    using Unsigned = std::uint64_t;
    static constexpr int digits = 52;
    static constexpr int bias = 1023;
};

inline constexpr float kInfinity = __builtin_inff();

template <class T>
PELLUCID_INLINE Mask<T> bits_of(Vector<T> x) {
    return (Mask<T>)x;
}
template <class T>
PELLUCID_INLINE Vector<T> from_bits(Mask<T> bits) {
    return (Vector<T>)bits;
}

template <class T>
PELLUCID_INLINE Vector<T> absolute(Vector<T> x) {
    return from_bits<T>(bits_of<T>(x) & ~bits_of<T>(broadcast(T(-0.0))));
}

// y, which is not negative, with the sign of x.
template <class T>
PELLUCID_INLINE Vector<T> with_sign_of(Vector<T> x, Vector<T> y) {
    const Mask<T> sign = bits_of<T>(broadcast(T(-0.0)));
#if defined(__AVX512F__) // one instruction, which GCC does not find: x where the sign is, y elsewhere
    return (Vector<T>)_mm512_ternarylogic_epi32((__m512i)sign, (__m512i)x, (__m512i)y, 0xca);
#else
    return from_bits<T>((bits_of<T>(x) & sign) | bits_of<T>(y));
#endif
}

// x to the nearest multiple of 1 / parts, for |x| below 2 ** (digits - 2) / parts. Added to x, this number leaves no
// room for smaller digits; it is in the sum's lowest bits that the multiple is found as a whole number.
template <class T, int parts>
inline constexpr T kRounder = T(3ll << (Form<T>::digits - 1)) / parts;

// 2 ** n, n being the whole number in the lowest bits; those above the exponent's width do not count.
template <class T>
PELLUCID_INLINE Vector<T> power_of_two(Mask<T> n) {
    return from_bits<T>((n + Form<T>::bias) << Form<T>::digits);
}

// Whether a comparison holds for any lane.
PELLUCID_INLINE bool any(Mask<float> mask) {
#if defined(__AVX512F__)
    return _mm512_movepi32_mask((__m512i)mask) != 0;
#elif defined(__AVX2__)
    return _mm256_movemask_ps((__m256)mask) != 0;
#elif defined(__SSE2__)
    return _mm_movemask_ps((__m128)mask) != 0;
#else
    return (mask[0] | mask[1] | mask[2] | mask[3]) != 0;
#endif
}

// A table out of which each lane takes the number that the lowest bits of its index point at. Where an instruction can
// do that, the table is as long as it may be for that instruction.
#if defined(__AVX2__) && !defined(__AVX512F__)
inline constexpr int kTableBits = 3;
#else
inline constexpr int kTableBits = 5;
#endif
struct alignas(64) Table {
    float numbers[1 << kTableBits];
};
PELLUCID_INLINE Vector<float> look_up(const Table& table, Mask<float> index) {
#if defined(__AVX512F__)
    return (Vector<float>)_mm512_permutex2var_ps(_mm512_load_ps(table.numbers), (__m512i)index,
                                                 _mm512_load_ps(table.numbers + 16));
#elif defined(__AVX2__)
    return (Vector<float>)_mm256_permutevar8x32_ps(_mm256_load_ps(table.numbers), (__m256i)index);
#else
    const Mask<float> at = index & ((1 << kTableBits) - 1);
    const float* numbers = table.numbers;
    return Vector<float>{numbers[at[0]], numbers[at[1]], numbers[at[2]], numbers[at[3]]};
#endif
}

// A function of one number, for each lane.
template <class T, class Function>
PELLUCID_INLINE Vector<T> each(Vector<T> x, Function function) {
    for (int lane = 0; lane < lanes<T>; ++lane)
        x[lane] = function(x[lane]);
    return x;
}

} // namespace pellucid::PELLUCID_LEVEL::math
