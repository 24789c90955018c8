// The heart of the matrix product: one tile of the result, held in registers over the whole sum.
//
// A tile has up to kTileRows rows and one or two vectors of columns. For each step of the sum, one row of B is loaded,
// and every row of the tile adds its number of A times that row. Each number of the result is one chain of additions
// in the order of the steps, whatever the tile is: its bits do not hang on where it lies or on what is around it.
#pragma once

#include <array>
#include <utility>

#include "vector.h"

namespace pellucid::PELLUCID_LEVEL {

// As many rows as the registers hold with two vectors each, beside those of B and the number of A.
#if defined(__AVX512F__)
inline constexpr int kTileRows = 12;
#elif defined(__AVX2__)
inline constexpr int kTileRows = 6;
#elif defined(__aarch64__)
inline constexpr int kTileRows = 8;
#else
inline constexpr int kTileRows = 4;
#endif

// Steps of the sum that follow on each other evenly in A: where they begin, and how many they are. In B all do.
struct Stretch {
    std::int64_t a, count;
};

// All that a tile needs. What the sum starts from and where it goes are whole vectors, and may be the same place.
template <class T>
struct TileTask {
    const T* a;
    std::int64_t a_row, a_step;
    const T* b;
    std::int64_t b_step;
    const Stretch* stretches;
    std::int64_t stretch_count;
    const T* start;
    std::int64_t start_row;
    T* result;
    std::int64_t result_row;
};

// The loops over rows and vectors are unrolled by order: only then does GCC keep the sums in registers. Rows are found
// in threes, each with an address of its own and once and twice the way between rows: the factors of all twelve would
// need more registers than there are.
template <class T, int Rows, int Vectors>
void multiply_tile(const TileTask<T>& task) {
    constexpr int width = lanes<T>;
    Vector<T> sums[Rows][Vectors];
    const T* start = task.start;
#pragma GCC unroll 16
    for (int row = 0; row < Rows; ++row, start += task.start_row)
#pragma GCC unroll 2
        for (int j = 0; j < Vectors; ++j)
            sums[row][j] = load(start + j * width);

    const std::int64_t a_row = task.a_row, a_step = task.a_step, b_step = task.b_step, three_rows = 3 * a_row;
    const T* b = task.b;
    const Stretch* const end = task.stretches + task.stretch_count;
    for (const Stretch* stretch = task.stretches; stretch != end; ++stretch) {
        const T* first = task.a + stretch->a;
        for (std::int64_t step = stretch->count; step > 0; --step, first += a_step, b += b_step) {
            Vector<T> right[Vectors];
#pragma GCC unroll 2
            for (int j = 0; j < Vectors; ++j)
                right[j] = load(b + j * width);
            const T* a = first;
#pragma GCC unroll 16
            for (int row = 0; row < Rows; ++row) {
                if (row > 0 && row % 3 == 0)
                    a += three_rows;
#pragma GCC unroll 2
                for (int j = 0; j < Vectors; ++j)
                    sums[row][j] += a[row % 3 * a_row] * right[j];
            }
        }
    }

    T* result = task.result;
    const std::int64_t result_row = task.result_row;
#pragma GCC unroll 16
    for (int row = 0; row < Rows; ++row, result += result_row)
#pragma GCC unroll 2
        for (int j = 0; j < Vectors; ++j)
            store(result + j * width, sums[row][j]);
}

template <class T>
using TileFunction = void (*)(const TileTask<T>&);

template <class T, std::size_t... Row>
constexpr auto tile_functions(std::index_sequence<Row...>) {
    return std::array<std::array<TileFunction<T>, 2>, sizeof...(Row)>{
        {{multiply_tile<T, Row + 1, 1>, multiply_tile<T, Row + 1, 2>}...}};
}

// By rows - 1 and vectors - 1.
template <class T>
inline constexpr auto kTileFunctions = tile_functions<T>(std::make_index_sequence<kTileRows>{});

} // namespace pellucid::PELLUCID_LEVEL
