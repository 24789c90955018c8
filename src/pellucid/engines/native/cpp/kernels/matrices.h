// The way through an instruction tile by tile, for kernels that have no program.
#pragma once

#include <algorithm>

#include "convert.h"
#include "grid.h"
#include "tile.h"

namespace pellucid::PELLUCID_LEVEL {

// The last two axes of an instruction, cut into tiles; of a single axis, one row. From tile to tile the way is along
// the columns, or, where a tensor lies in panels, down the rows.
struct Matrices {
    int outer; // how many axes come before
    std::int64_t rows, columns;
    std::int64_t tile_rows, tile_columns;
    bool down = false;

    explicit Matrices(const Work& work)
        : outer(work.axes > 2 ? work.axes - 2 : 0), rows(work.axes > 1 ? work.extents[outer] : 1),
          columns(work.extents[work.axes - 1]), tile_rows(rows), tile_columns(columns) {}

    // Tiles with no more columns than that and the panels of a tensor allow.
    void cut_columns(std::int64_t widest, const Tensor& tensor) {
        if (tensor.panels) {
            widest = std::min<std::int64_t>(widest, panel_width(tensor.dtype));
            down = true;
        }
        tile_columns = std::min(tile_columns, widest);
    }
    // Tiles of about so many numbers.
    void cut_rows(std::int64_t numbers) {
        if (tile_rows * tile_columns > numbers) // a division takes as long as a small tile
            tile_rows = std::max<std::int64_t>(numbers / tile_columns, 1);
    }
    bool is_one_tile() const { return outer == 0 && tile_rows == rows && tile_columns == columns; }
};

// Where a tensor's matrices lie; row -1: where there is no such axis.
PELLUCID_INLINE Place place_of(const Tensor& tensor, const Context& context, int row, int column) {
    Place place(tensor, context, 0);
    place.row = row < 0 ? 0 : tensor.strides[row];
    place.column = tensor.panels ? 1 : tensor.strides[column];
    return place;
}

// The numbers from a place on, within a panel.
PELLUCID_INLINE Strided numbers_at(const Place& place, std::int64_t row, std::int64_t column) {
    const Operand<std::byte> tile = tile_at<std::byte>(place, row, column, 0);
    return {tile.start, place.tensor->dtype, tile.row, place.column};
}

// Calls run(places, row, rows, column, columns) for the tiles that this thread has to do; `places` are those of the
// tile's matrix.
template <std::size_t count, class Run>
static inline void for_all_tiles(const Work& work, const Matrices& matrices, const Context& context,
                                 const Place (&wholes)[count], Run run) {
    const std::int64_t numbers = product(work.extents, work.axes);
    if (numbers == 0)
        return;
    const std::int64_t down = pieces(matrices.rows, matrices.tile_rows);
    const std::int64_t across = pieces(matrices.columns, matrices.tile_columns);
    const std::int64_t in_matrix = down * across, in_line = matrices.down ? down : across;
    const Share share = share_of(product(work.extents, matrices.outer) * in_matrix, numbers, context);
    if (share.first == share.last)
        return;
    const std::int64_t matrix = share.first == 0 ? 0 : share.first / in_matrix;
    std::int64_t tile = share.first - matrix * in_matrix; // within the matrix: line * in_line + place
    std::int64_t line = tile == 0 ? 0 : tile / in_line, place = tile - line * in_line;
    Index index(work, matrices.outer, matrix);
    Place places[count];
    const auto enter = [&] {
        for (std::size_t i = 0; i < count; ++i)
            places[i] = wholes[i].entered(index.data(), matrices.outer);
    };
    enter();
    for (std::int64_t left = share.last - share.first;;) {
        const std::int64_t row = (matrices.down ? place : line) * matrices.tile_rows;
        const std::int64_t column = (matrices.down ? line : place) * matrices.tile_columns;
        run(places, row, std::min(matrices.tile_rows, matrices.rows - row), column,
            std::min(matrices.tile_columns, matrices.columns - column));
        if (--left == 0)
            return;
        if (++place == in_line) {
            place = 0;
            ++line;
        }
        if (++tile == in_matrix) {
            tile = line = 0;
            index.next();
            enter();
        }
    }
}
template <std::size_t count, class Run>
PELLUCID_INLINE void for_tiles(const Work& work, const Matrices& matrices, const Context& context,
                               const Place (&wholes)[count], Run run) {
    if (!matrices.is_one_tile())
        for_all_tiles(work, matrices, context, wholes, run);
    else if (context.thread == 0 && matrices.rows > 0 && matrices.columns > 0)
        run(wholes, 0, matrices.rows, 0, matrices.columns);
}

} // namespace pellucid::PELLUCID_LEVEL
