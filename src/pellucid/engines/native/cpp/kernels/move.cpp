#include "move.h"

#include <algorithm>

#include "turn.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

// Numbers of four bytes, whose neighbours in a row of `to` are neighbours in a column of `from`.
void move_turned(float* to, std::int64_t to_row, const float* from, std::int64_t from_column, std::int64_t rows,
                 std::int64_t columns) {
    std::int64_t column = 0;
    for (; column + lanes<float> <= columns; column += lanes<float>)
        load_turned(to + column, to_row, {from + column * from_column, from_column, lanes<float>}, rows);
    const int left = static_cast<int>(columns - column);
    if (left == 0)
        return;
    constexpr std::int64_t some = 16;
    float slot[some * lanes<float>]; // beside the last columns lies what belongs to others
    for (std::int64_t row = 0; row < rows; row += some) {
        const std::int64_t count = std::min(some, rows - row);
        load_turned(slot, lanes<float>, {from + column * from_column + row, from_column, left}, count);
        for (std::int64_t i = 0; i < count; ++i)
            store_first(to + (row + i) * to_row + column, load(slot + i * lanes<float>), left);
    }
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
    case 1:
        return move_strided<1>(to, from, rows, columns);
    case 2:
        return move_strided<2>(to, from, rows, columns);
    case 4:
        if (to.column == 1 && from.row == 1)
            return move_turned(reinterpret_cast<float*>(to.start), to.row, reinterpret_cast<const float*>(from.start),
                               from.column, rows, columns);
        return move_strided<4>(to, from, rows, columns);
    default:
        return move_strided<8>(to, from, rows, columns);
    }
}

} // namespace pellucid::PELLUCID_LEVEL
