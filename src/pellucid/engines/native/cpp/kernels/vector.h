// Vectors of numbers, as wide as the level has them: arithmetic by the compiler's vector extensions, which GCC and
// Clang share, and by intrinsics only where those have no word for it.
//
// Every file in this folder is compiled once for each level, in a namespace of its own.
#pragma once

#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__SSE2__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"       // GCC 12 finds fault with its own header:
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized" // a value there is undefined on purpose
#include <immintrin.h>
#pragma GCC diagnostic pop
#endif

#include "../work.h"

#define PELLUCID_INLINE_MEMBER inline __attribute__((always_inline))
#define PELLUCID_INLINE static PELLUCID_INLINE_MEMBER

namespace pellucid::PELLUCID_LEVEL {

#if defined(__AVX512F__)
inline constexpr int kBytes = 64;
#elif defined(__AVX2__)
inline constexpr int kBytes = 32;
#else
inline constexpr int kBytes = 16;
#endif

// How many numbers of a type fit into one vector.
template <class T>
inline constexpr int lanes = kBytes / static_cast<int>(sizeof(T));

template <class T>
struct VectorOf {
    // aligned(sizeof(T)): a vector may lie anywhere where a number may.
    typedef T type __attribute__((vector_size(kBytes), aligned(sizeof(T)), may_alias));
};
template <class T>
using Vector = typename VectorOf<T>::type;

// The whole numbers that comparisons of a type give: -1 where true, 0 where false.
template <class T>
struct MaskOf;
template <>
struct MaskOf<float> {
    using type = std::int32_t;
};
template <>
struct MaskOf<double> {
    using type = std::int64_t;
};
template <>
struct MaskOf<std::int64_t> {
    using type = std::int64_t;
};
template <>
struct MaskOf<std::uint64_t> {
    using type = std::int64_t;
};
template <class T>
using Mask = Vector<typename MaskOf<T>::type>;

// ------------------------------------------------------------ memory
template <class T>
PELLUCID_INLINE Vector<T> load(const T* from) {
    return *reinterpret_cast<const Vector<T>*>(from);
}
template <class T>
PELLUCID_INLINE void store(T* to, Vector<T> value) {
    *reinterpret_cast<Vector<T>*>(to) = value;
}
template <class T>
PELLUCID_INLINE Vector<T> broadcast(T number) {
    return number - Vector<T>{}; // one instruction; x + 0 would turn -0 into 0
}

// 0, 1, 2, ...
template <class Lanes, int... lane>
constexpr Lanes count_up(std::integer_sequence<int, lane...>) {
    return Lanes{lane...};
}

#if defined(__AVX512F__)
PELLUCID_INLINE Vector<float> load_first(const float* from, int count) {
    return (Vector<float>)_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), from);
}
PELLUCID_INLINE Vector<double> load_first(const double* from, int count) {
    return (Vector<double>)_mm512_maskz_loadu_pd(static_cast<__mmask8>((1u << count) - 1), from);
}
PELLUCID_INLINE void store_first(float* to, Vector<float> value, int count) {
    _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), (__m512)value);
}
PELLUCID_INLINE void store_first(double* to, Vector<double> value, int count) {
    _mm512_mask_storeu_pd(to, static_cast<__mmask8>((1u << count) - 1), (__m512d)value);
}
#elif defined(__AVX2__)
PELLUCID_INLINE __m256i first_32(int count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
PELLUCID_INLINE __m256i first_64(int count) {
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3));
}
PELLUCID_INLINE Vector<float> load_first(const float* from, int count) {
    return (Vector<float>)_mm256_maskload_ps(from, first_32(count));
}
PELLUCID_INLINE Vector<double> load_first(const double* from, int count) {
    return (Vector<double>)_mm256_maskload_pd(from, first_64(count));
}
PELLUCID_INLINE void store_first(float* to, Vector<float> value, int count) {
    _mm256_maskstore_ps(to, first_32(count), (__m256)value);
}
PELLUCID_INLINE void store_first(double* to, Vector<double> value, int count) {
    _mm256_maskstore_pd(to, first_64(count), (__m256d)value);
}
#endif

// The first numbers of a vector, and nothing beyond them: the rest of the vector is 0.
template <class T>
PELLUCID_INLINE Vector<T> load_first(const T* from, int count) {
    Vector<T> value = {};
    std::memcpy(&value, from, static_cast<std::size_t>(count) * sizeof(T));
    return value;
}
template <class T>
PELLUCID_INLINE void store_first(T* to, Vector<T> value, int count) {
    std::memcpy(to, &value, static_cast<std::size_t>(count) * sizeof(T));
}

// ------------------------------------------------------------ order
// The value as it is: the compiler does not join what made it with what comes after it, a product with a sum say.
template <class T>
PELLUCID_INLINE Vector<T> settled(Vector<T> value) {
#if defined(__AVX512F__)
    asm("" : "+v"(value));
#elif defined(__SSE2__)
    asm("" : "+x"(value));
#elif defined(__aarch64__)
    asm("" : "+w"(value));
#endif
    return value;
}

// ------------------------------------------------------------ choice
template <class T>
PELLUCID_INLINE Vector<T> choose(Mask<T> mask, Vector<T> yes, Vector<T> no) {
    return mask ? yes : no;
}

// The larger; b where one of them is NaN (what the processor does in one instruction).
template <class T>
PELLUCID_INLINE Vector<T> larger(Vector<T> a, Vector<T> b) {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 4)
        return (Vector<T>)_mm512_max_ps((__m512)a, (__m512)b);
    if constexpr (sizeof(T) == 8)
        return (Vector<T>)_mm512_max_pd((__m512d)a, (__m512d)b);
#elif defined(__AVX2__)
    if constexpr (sizeof(T) == 4)
        return (Vector<T>)_mm256_max_ps((__m256)a, (__m256)b);
    if constexpr (sizeof(T) == 8)
        return (Vector<T>)_mm256_max_pd((__m256d)a, (__m256d)b);
#elif defined(__SSE2__)
    if constexpr (sizeof(T) == 4)
        return (Vector<T>)_mm_max_ps((__m128)a, (__m128)b);
    if constexpr (sizeof(T) == 8)
        return (Vector<T>)_mm_max_pd((__m128d)a, (__m128d)b);
#else
    return a > b ? a : b;
#endif
}
template <class T>
PELLUCID_INLINE Vector<T> smaller(Vector<T> a, Vector<T> b) {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 4)
        return (Vector<T>)_mm512_min_ps((__m512)a, (__m512)b);
    if constexpr (sizeof(T) == 8)
        return (Vector<T>)_mm512_min_pd((__m512d)a, (__m512d)b);
#elif defined(__AVX2__)
    if constexpr (sizeof(T) == 4)
        return (Vector<T>)_mm256_min_ps((__m256)a, (__m256)b);
    if constexpr (sizeof(T) == 8)
        return (Vector<T>)_mm256_min_pd((__m256d)a, (__m256d)b);
#elif defined(__SSE2__)
    if constexpr (sizeof(T) == 4)
        return (Vector<T>)_mm_min_ps((__m128)a, (__m128)b);
    if constexpr (sizeof(T) == 8)
        return (Vector<T>)_mm_min_pd((__m128d)a, (__m128d)b);
#else
    return a < b ? a : b;
#endif
}

PELLUCID_INLINE Vector<float> square_root(Vector<float> a) {
#if defined(__AVX512F__)
    return (Vector<float>)_mm512_sqrt_ps((__m512)a);
#elif defined(__AVX2__)
    return (Vector<float>)_mm256_sqrt_ps((__m256)a);
#elif defined(__SSE2__)
    return (Vector<float>)_mm_sqrt_ps((__m128)a);
#else
    for (int i = 0; i < lanes<float>; ++i)
        a[i] = __builtin_sqrtf(a[i]);
    return a;
#endif
}
PELLUCID_INLINE Vector<double> square_root(Vector<double> a) {
#if defined(__AVX512F__)
    return (Vector<double>)_mm512_sqrt_pd((__m512d)a);
#elif defined(__AVX2__)
    return (Vector<double>)_mm256_sqrt_pd((__m256d)a);
#elif defined(__SSE2__)
    return (Vector<double>)_mm_sqrt_pd((__m128d)a);
#else
    for (int i = 0; i < lanes<double>; ++i)
        a[i] = __builtin_sqrt(a[i]);
    return a;
#endif
}

} // namespace pellucid::PELLUCID_LEVEL
