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
    std::int64_t tile_rows = 1, tile_columns = 1;
    bool down = false;

    explicit Matrices(const Work& work)
        : outer(work.axes > 2 ? work.axes - 2 : 0), rows(work.axes > 1 ? work.extents[outer] : 1),
          columns(work.extents[work.axes - 1]) {}

    // Tiles of up to so many numbers, as wide as that and the panels of these tensors allow.
    void cut(std::int64_t numbers, std::int64_t widest, const Tensor* tensors, int count) {
        for (int i = 0; i < count; ++i)
            if (tensors[i].panels) {
                widest = std::min<std::int64_t>(widest, panel_width(tensors[i].dtype));
                down = true;
            }
        tile_columns = std::clamp<std::int64_t>(columns, 1, widest);
        tile_rows = std::clamp<std::int64_t>(numbers / tile_columns, 1, std::max<std::int64_t>(rows, 1));
    }
};

// Where a tensor's matrices lie; row -1: where there is no such axis.
PELLUCID_INLINE Place place_of(const Tensor& tensor, const Context& context, int row, int column) {
    Place place(tensor, context, std::max(row, 0));
    place.row = row < 0 ? 0 : tensor.strides[row];
    place.column = tensor.panels ? 1 : tensor.strides[column];
    return place;
}

// The numbers of a tile.
PELLUCID_INLINE Strided numbers_at(const Place& place, std::int64_t row, std::int64_t column) {
    const Operand<std::byte> tile = tile_at<std::byte>(place, row, column, 0);
    return {tile.start, place.tensor->dtype, tile.row, place.column};
}

// Calls enter(index) for every matrix, with a number for each outer axis, and run(row, rows, column, columns) for its
// tiles: those that this thread has to do.
template <class Enter, class Run>
PELLUCID_INLINE void for_tiles(const Work& work, const Matrices& matrices, const Context& context, Enter enter,
                               Run run) {
    const std::int64_t count = product(work.extents, matrices.outer);
    const std::int64_t numbers = count * matrices.rows * matrices.columns;
    if (numbers == 0)
        return;
    const std::int64_t down = pieces(matrices.rows, matrices.tile_rows);
    const std::int64_t across = pieces(matrices.columns, matrices.tile_columns);
    const std::int64_t in_matrix = down * across, in_line = matrices.down ? down : across;
    const Share share = share_of(count * in_matrix, numbers, context);
    if (share.first == share.last)
        return;
    const std::int64_t matrix = share.first == 0 ? 0 : share.first / in_matrix;
    std::int64_t tile = share.first - matrix * in_matrix; // within the matrix: line * in_line + place
    std::int64_t line = tile == 0 ? 0 : tile / in_line, place = tile - line * in_line;
    Index index(work, matrices.outer, matrix);
    enter(index.data());
    for (std::int64_t left = share.last - share.first;;) {
        const std::int64_t row = (matrices.down ? place : line) * matrices.tile_rows;
        const std::int64_t column = (matrices.down ? line : place) * matrices.tile_columns;
        run(row, std::min(matrices.tile_rows, matrices.rows - row), column,
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
            enter(index.data());
        }
    }
}

} // namespace pellucid::PELLUCID_LEVEL
