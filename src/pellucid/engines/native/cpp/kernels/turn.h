// Rows turned round: from numbers side by side to numbers in the same lane of vector after vector, and back.
//
// Four columns at a time, whatever the level: a quad of each row goes into a quarter of a vector, rows 0, 4, 8, ...
// into one vector, rows 1, 5, 9, ... into the next; then every quarter of four such vectors is turned for itself.
#pragma once

#include <algorithm>
#include <type_traits>
#include <utility>

#include "parts.h"

namespace pellucid::PELLUCID_LEVEL {

using Quad = Part<4>;

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

// ------------------------------------------------------------ four columns
// The first `numbers` of four columns in the rows `first`, `first` + 4, ...; behind the last row, that row's again.
template <int quads>
PELLUCID_INLINE auto load_quads(const Rows<const float>& rows, int first, std::int64_t column, int numbers) {
    if constexpr (quads == 1) {
        const int row = first < rows.count ? first : rows.count - 1;
        return load_quad(rows.start + row * rows.row + column, numbers);
    } else
        return joined(load_quads<quads / 2>(rows, first, column, numbers),
                      load_quads<quads / 2>(rows, first + 2 * quads, column, numbers),
                      std::make_index_sequence<quads * 4>{});
}
template <std::size_t... quad>
PELLUCID_INLINE void store_quads(const Rows<float>& rows, int first, std::int64_t column, int numbers,
                                 Vector<float> quads, std::index_sequence<quad...>) {
    const auto put = [&](int row, Quad numbers_of_row) {
        if (row < rows.count)
            store_quad(rows.start + row * rows.row + column, numbers_of_row, numbers);
    };
    (put(first + 4 * static_cast<int>(quad), part_of<quad * 4>(quads, std::make_index_sequence<4>{})), ...);
}

// Four columns, or the first `numbers` of them, from memory into a slot whose columns are `pitch` numbers apart. whole:
// all rows and columns are there.
template <bool whole>
PELLUCID_INLINE void load_columns(float* slot, std::int64_t pitch, const Rows<const float>& rows, std::int64_t column,
                                  int numbers) {
    Vector<float> vectors[4];
    for (int i = 0; i < 4; ++i)
        vectors[i] = whole ? load_parts<4>(rows.start + i * rows.row + column, 4 * rows.row)
                           : load_quads<kQuads>(rows, i, column, numbers);
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
        if (whole)
            store_parts<4>(rows.start + i * rows.row + column, 4 * rows.row, vectors[i]);
        else
            store_quads(rows, i, column, numbers, vectors[i], std::make_index_sequence<kQuads>{});
}

// ------------------------------------------------------------ all columns of rows without gaps
// Of two vectors the numbers at even places, or at odd ones; and one from each in turn, of their first or second halves.
template <int first, std::size_t... lane>
PELLUCID_INLINE Vector<float> every_second(Vector<float> a, Vector<float> b, std::index_sequence<lane...>) {
    return __builtin_shufflevector(a, b, (2 * lane + first)...);
}
template <int first, std::size_t... lane>
PELLUCID_INLINE Vector<float> in_turn(Vector<float> a, Vector<float> b, std::index_sequence<lane...>) {
    return __builtin_shufflevector(a, b, (first + lane / 2 + lane % 2 * lanes<float>)...);
}

// The numbers of 2, 4 or 8 columns are as many vectors. Taking every second one of them all, again and again, brings
// those of a column together.
template <int columns>
PELLUCID_INLINE void load_dense(float* slot, std::int64_t pitch, const float* from) {
    constexpr auto each = std::make_index_sequence<lanes<float>>{};
    Vector<float> vectors[columns], next[columns];
    for (int i = 0; i < columns; ++i)
        vectors[i] = load(from + i * lanes<float>);
    for (int apart = 1; apart < columns; apart *= 2) {
        for (int i = 0; i < columns / 2; ++i) {
            next[i] = every_second<0>(vectors[2 * i], vectors[2 * i + 1], each);
            next[columns / 2 + i] = every_second<1>(vectors[2 * i], vectors[2 * i + 1], each);
        }
        std::copy(next, next + columns, vectors);
    }
    for (int i = 0; i < columns; ++i)
        store(slot + i * pitch, vectors[i]);
}
template <int columns>
PELLUCID_INLINE void store_dense(float* to, const float* slot, std::int64_t pitch) {
    constexpr auto each = std::make_index_sequence<lanes<float>>{};
    Vector<float> vectors[columns], next[columns];
    for (int i = 0; i < columns; ++i)
        vectors[i] = load(slot + i * pitch);
    for (int apart = 1; apart < columns; apart *= 2) {
        for (int i = 0; i < columns / 2; ++i) {
            next[2 * i] = in_turn<0>(vectors[i], vectors[columns / 2 + i], each);
            next[2 * i + 1] = in_turn<lanes<float> / 2>(vectors[i], vectors[columns / 2 + i], each);
        }
        std::copy(next, next + columns, vectors);
    }
    for (int i = 0; i < columns; ++i)
        store(to + i * lanes<float>, vectors[i]);
}

// ------------------------------------------------------------ any number of columns
// Calls dense(columns), a constant, if there are no gaps between whole rows of few columns; returns whether it has.
template <class Float, class Dense>
PELLUCID_INLINE bool if_dense(const Rows<Float>& rows, std::int64_t columns, Dense dense) {
    if (rows.count != lanes<float> || rows.row != columns)
        return false;
    switch (columns) {
    case 2: dense(std::integral_constant<int, 2>{}); return true;
    case 4: dense(std::integral_constant<int, 4>{}); return true;
    case 8: dense(std::integral_constant<int, 8>{}); return true;
    default: return false;
    }
}

// Lanes of the slot that have no row hold numbers that mean nothing.
static inline void load_turned(float* slot, std::int64_t pitch, Rows<const float> rows, std::int64_t columns) {
    if (if_dense(rows, columns, [=](auto count) { load_dense<count()>(slot, pitch, rows.start); }))
        return;
    std::int64_t column = 0;
    if (rows.count == lanes<float>)
        for (; column + 4 <= columns; column += 4)
            load_columns<true>(slot, pitch, rows, column, 4);
    for (; column < columns; column += 4)
        load_columns<false>(slot, pitch, rows, column, columns - column < 4 ? static_cast<int>(columns - column) : 4);
}
static inline void store_turned(Rows<float> rows, const float* slot, std::int64_t pitch, std::int64_t columns) {
    if (if_dense(rows, columns, [=](auto count) { store_dense<count()>(rows.start, slot, pitch); }))
        return;
    std::int64_t column = 0;
    if (rows.count == lanes<float>)
        for (; column + 4 <= columns; column += 4)
            store_columns<true>(rows, slot, pitch, column, 4);
    for (; column < columns; column += 4)
        store_columns<false>(rows, slot, pitch, column, columns - column < 4 ? static_cast<int>(columns - column) : 4);
}

} // namespace pellucid::PELLUCID_LEVEL
