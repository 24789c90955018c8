// Rows turned round: from numbers side by side to numbers in the same lane of vector after vector, and back.
//
// Four columns at a time, whatever the level: a quad of each row goes into a quarter of a vector, rows 0, 4, 8, ...
// into one vector, rows 1, 5, 9, ... into the next; then every quarter of four such vectors is turned for itself.
#pragma once

#include <utility>

#include "vector.h"

namespace pellucid::PELLUCID_LEVEL {

typedef float Quad __attribute__((vector_size(16), aligned(4), may_alias));

inline constexpr int kQuads = lanes<float> / 4; // in a vector

// The first numbers of a quad, and nothing beyond them.
#if defined(__AVX2__)
PELLUCID_INLINE __m128i first_of_quad(int count) {
    return _mm_cmpgt_epi32(_mm_set1_epi32(count), _mm_setr_epi32(0, 1, 2, 3));
}
PELLUCID_INLINE Quad load_quad(const float* from, int count) {
    return _mm_maskload_ps(from, first_of_quad(count));
}
PELLUCID_INLINE void store_quad(float* to, Quad quad, int count) {
    _mm_maskstore_ps(to, first_of_quad(count), quad);
}
#else
PELLUCID_INLINE Quad load_quad(const float* from, int count) {
    return Quad{from[0], count > 1 ? from[1] : 0, count > 2 ? from[2] : 0, count > 3 ? from[3] : 0};
}
PELLUCID_INLINE void store_quad(float* to, Quad quad, int count) {
    to[0] = quad[0];
    if (count > 1)
        to[1] = quad[1];
    if (count > 2)
        to[2] = quad[2];
    if (count > 3)
        to[3] = quad[3];
}
#endif

// Vectors of floats, of any width: two of them side by side, and a quad out of one.
template <class Half, std::size_t... lane>
PELLUCID_INLINE auto joined(Half low, Half high, std::index_sequence<lane...>) {
    return __builtin_shufflevector(low, high, lane...);
}
template <int quad, class Whole>
PELLUCID_INLINE Quad quad_of(Whole whole) {
    return __builtin_shufflevector(whole, whole, quad * 4, quad * 4 + 1, quad * 4 + 2, quad * 4 + 3);
}

// In every quarter: (a[first], b[first], a[first + 1], b[first + 1]).
template <int first, std::size_t... lane>
PELLUCID_INLINE Vector<float> alternated(Vector<float> a, Vector<float> b, std::index_sequence<lane...>) {
    return __builtin_shufflevector(a, b, (lane / 4 * 4 + lane % 4 / 2 + first + lane % 2 * lanes<float>)...);
}
// In every quarter: (a[first], a[first + 1], b[first], b[first + 1]).
template <int first, std::size_t... lane>
PELLUCID_INLINE Vector<float> paired(Vector<float> a, Vector<float> b, std::index_sequence<lane...>) {
    return __builtin_shufflevector(a, b, (lane / 4 * 4 + lane % 2 + first + lane % 4 / 2 * lanes<float>)...);
}

// Turns every quarter of four vectors; done twice, nothing has happened.
PELLUCID_INLINE void turn(Vector<float> (&vectors)[4]) {
    constexpr auto each = std::make_index_sequence<lanes<float>>{};
    const Vector<float> low = alternated<0>(vectors[0], vectors[1], each);
    const Vector<float> high = alternated<2>(vectors[0], vectors[1], each);
    const Vector<float> next_low = alternated<0>(vectors[2], vectors[3], each);
    const Vector<float> next_high = alternated<2>(vectors[2], vectors[3], each);
    vectors[0] = paired<0>(low, next_low, each);
    vectors[1] = paired<2>(low, next_low, each);
    vectors[2] = paired<0>(high, next_high, each);
    vectors[3] = paired<2>(high, next_high, each);
}

// Rows of memory, `row` numbers apart: as many as a vector has lanes, or less.
template <class Float>
struct Rows {
    Float* start;
    std::int64_t row;
    int count;
};

// The numbers of four columns, or of the first `numbers` of them, in the rows `first`, `first` + 4, ...; behind the
// last row, that row's again. whole: all rows and columns are there.
template <int quads, bool whole>
PELLUCID_INLINE auto load_quads(const Rows<const float>& rows, int first, std::int64_t column, int numbers) {
    if constexpr (quads == 1) {
        const int row = whole || first < rows.count ? first : rows.count - 1;
        const float* from = rows.start + row * rows.row + column;
        return whole ? *reinterpret_cast<const Quad*>(from) : load_quad(from, numbers);
    } else
        return joined(load_quads<quads / 2, whole>(rows, first, column, numbers),
                      load_quads<quads / 2, whole>(rows, first + 2 * quads, column, numbers),
                      std::make_index_sequence<quads * 4>{});
}
template <bool whole, std::size_t... quad>
PELLUCID_INLINE void store_quads(const Rows<float>& rows, int first, std::int64_t column, int numbers,
                                 Vector<float> quads, std::index_sequence<quad...>) {
    const auto put = [&](int row, Quad numbers_of_row) {
        float* to = rows.start + row * rows.row + column;
        if (whole)
            *reinterpret_cast<Quad*>(to) = numbers_of_row;
        else if (row < rows.count)
            store_quad(to, numbers_of_row, numbers);
    };
    (put(first + 4 * static_cast<int>(quad), quad_of<quad>(quads)), ...);
}

// Four columns, or the first `numbers` of them, from memory into a slot whose columns are `pitch` numbers apart.
template <bool whole>
PELLUCID_INLINE void load_columns(float* slot, std::int64_t pitch, const Rows<const float>& rows, std::int64_t column,
                                  int numbers) {
    Vector<float> vectors[4];
    for (int i = 0; i < 4; ++i)
        vectors[i] = load_quads<kQuads, whole>(rows, i, column, numbers);
    turn(vectors);
    for (int i = 0; i < (whole ? 4 : numbers); ++i)
        store(slot + (column + i) * pitch, vectors[i]);
}
template <bool whole>
PELLUCID_INLINE void store_columns(const Rows<float>& rows, const float* slot, std::int64_t pitch, std::int64_t column,
                                   int numbers) {
    Vector<float> vectors[4];
    for (int i = 0; i < 4; ++i)
        vectors[i] = load(slot + (column + (whole || i < numbers ? i : 0)) * pitch);
    turn(vectors);
    for (int i = 0; i < 4; ++i)
        store_quads<whole>(rows, i, column, numbers, vectors[i], std::make_index_sequence<kQuads>{});
}

// All columns. Lanes of the slot that have no row hold numbers that mean nothing.
static inline void load_turned(float* slot, std::int64_t pitch, Rows<const float> rows, std::int64_t columns) {
    std::int64_t column = 0;
    if (rows.count == lanes<float>)
        for (; column + 4 <= columns; column += 4)
            load_columns<true>(slot, pitch, rows, column, 4);
    for (; column < columns; column += 4)
        load_columns<false>(slot, pitch, rows, column, columns - column < 4 ? static_cast<int>(columns - column) : 4);
}
static inline void store_turned(Rows<float> rows, const float* slot, std::int64_t pitch, std::int64_t columns) {
    std::int64_t column = 0;
    if (rows.count == lanes<float>)
        for (; column + 4 <= columns; column += 4)
            store_columns<true>(rows, slot, pitch, column, 4);
    for (; column < columns; column += 4)
        store_columns<false>(rows, slot, pitch, column, columns - column < 4 ? static_cast<int>(columns - column) : 4);
}

} // namespace pellucid::PELLUCID_LEVEL
