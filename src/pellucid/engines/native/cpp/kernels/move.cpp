#include "move.h"

#include <algorithm>

#include "turn.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

// Four rows of four numbers, turned round.
PELLUCID_INLINE void move_quads(float* to, std::int64_t to_row, const float* from, std::int64_t from_column) {
    const auto quad = [=](int column) { return *reinterpret_cast<const Quad*>(from + column * from_column); };
    const auto put = [=](int row, Quad numbers) { *reinterpret_cast<Quad*>(to + row * to_row) = numbers; };
    const Quad a = quad(0), b = quad(1), c = quad(2), d = quad(3);
    const Quad low = __builtin_shufflevector(a, b, 0, 4, 1, 5), next_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const Quad high = __builtin_shufflevector(a, b, 2, 6, 3, 7), next_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    put(0, __builtin_shufflevector(low, next_low, 0, 1, 4, 5));
    put(1, __builtin_shufflevector(low, next_low, 2, 3, 6, 7));
    put(2, __builtin_shufflevector(high, next_high, 0, 1, 4, 5));
    put(3, __builtin_shufflevector(high, next_high, 2, 3, 6, 7));
}

// Numbers of four bytes, whose neighbours in a row of `to` are neighbours in a column of `from`: as many columns as a
// vector has numbers, then four, then one.
void move_turned(float* to, std::int64_t to_row, const float* from, std::int64_t from_column, std::int64_t rows,
                 std::int64_t columns) {
    std::int64_t column = 0;
    for (; column + lanes<float> <= columns; column += lanes<float>)
        load_turned(to + column, to_row, {from + column * from_column, from_column, lanes<float>}, rows);
    for (; column + 4 <= columns; column += 4) {
        std::int64_t row = 0;
        for (; row + 4 <= rows; row += 4)
            move_quads(to + row * to_row + column, to_row, from + column * from_column + row, from_column);
        for (; row < rows; ++row)
            for (int i = 0; i < 4; ++i)
                to[row * to_row + column + i] = from[(column + i) * from_column + row];
    }
    for (; column < columns; ++column)
        for (std::int64_t row = 0; row < rows; ++row)
            to[row * to_row + column] = from[column * from_column + row];
}

template <std::size_t size>
void move_strided(const Strided& to, const Strided& from, std::int64_t rows, std::int64_t columns) {
    const auto bytes = [](std::int64_t numbers) { return numbers * static_cast<std::int64_t>(size); };
    for (std::int64_t row = 0; row < rows; ++row) {
        std::byte* place = to.start + bytes(row * to.row);
        const std::byte* source = from.start + bytes(row * from.row);
        for (std::int64_t column = 0; column < columns; ++column)
            std::memcpy(place + bytes(column * to.column), source + bytes(column * from.column), size);
    }
}

} // namespace

void move_numbers(const Strided& to, const Strided& from, std::int64_t rows, std::int64_t columns) {
    const std::int64_t size = size_of(to.dtype);
    if ((to.column == 1 && from.column == 1) || columns == 1)
        return with_mover(columns * size, [&](auto move) {
            for (std::int64_t row = 0; row < rows; ++row)
                move(to.start + row * to.row * size, from.start + row * from.row * size, columns * size);
        });
    switch (size) {
    case 1: return move_strided<1>(to, from, rows, columns);
    case 2: return move_strided<2>(to, from, rows, columns);
    case 4:
        if (to.column == 1 && from.row == 1)
            return move_turned(reinterpret_cast<float*>(to.start), to.row, reinterpret_cast<const float*>(from.start),
                               from.column, rows, columns);
        return move_strided<4>(to, from, rows, columns);
    default: return move_strided<8>(to, from, rows, columns);
    }
}

} // namespace pellucid::PELLUCID_LEVEL
