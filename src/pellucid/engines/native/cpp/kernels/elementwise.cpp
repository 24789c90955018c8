#include <algorithm>

#include "grid.h"
#include "kernels.h"
#include "tile.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

constexpr int kTileBytes = 4096; // of a slot: several of them stay in the first-level cache

// How a matrix is cut into tiles. From one tile to the next the way is down the rows if a tensor lies in panels,
// else along the columns: as memory goes.
struct Tiles {
    std::int64_t rows, columns; // of a tile
    std::int64_t row_count, column_count;
    bool down;
};

template <class T>
Tiles cut(const Work& work) {
    const std::int64_t rows = work.extents[work.axes - 2], columns = work.extents[work.axes - 1];
    Tiles tiles = {};
    tiles.columns = std::min<std::int64_t>(columns, kTileBytes / sizeof(T));
    for (int i = 0; i < work.tensor_count; ++i)
        if (work.tensors[i].panels) {
            tiles.columns = std::min<std::int64_t>(tiles.columns, panel_width(work.tensors[i].dtype));
            tiles.down = true;
        }
    const int row_bytes = vectors_in<T>(tiles.columns) * kBytes;
    tiles.rows = std::min<std::int64_t>(rows, kTileBytes / row_bytes); // ints are divided faster
    tiles.row_count = pieces(rows, tiles.rows);
    tiles.column_count = pieces(columns, tiles.columns);
    return tiles;
}

template <class T>
void run_tiles(const Work& work, Context& context) {
    const int outer = work.axes - 2;
    const std::int64_t rows = work.extents[outer], columns = work.extents[outer + 1];
    const std::int64_t matrices = product(work.extents, outer), numbers = matrices * rows * columns;
    if (numbers == 0)
        return;
    const Tiles tiles = cut<T>(work);
    const std::int64_t in_matrix = tiles.row_count * tiles.column_count;
    const std::int64_t in_line = tiles.down ? tiles.row_count : tiles.column_count;
    const Share share = share_of(matrices * in_matrix, numbers, context);
    if (share.first == share.last)
        return;

    TileProgram<T> program(work, context, outer, tiles.rows, tiles.columns);
    const std::int64_t matrix = quotient(share.first, in_matrix);
    std::int64_t tile = share.first - matrix * in_matrix; // within the matrix: line * in_line + place
    std::int64_t line = quotient(tile, in_line), place = tile - line * in_line;
    Index index(work, outer, matrix);
    if (outer > 0)
        program.enter(index.data());
    for (std::int64_t left = share.last - share.first;;) {
        const std::int64_t row = (tiles.down ? place : line) * tiles.rows;
        const std::int64_t column = (tiles.down ? line : place) * tiles.columns;
        program.run(row, std::min(tiles.rows, rows - row), column, std::min(tiles.columns, columns - column));
        if (--left == 0)
            return;
        if (++place == in_line) {
            place = 0;
            ++line;
        }
        if (++tile == in_matrix) {
            tile = line = 0;
            index.next();
            program.enter(index.data());
        }
    }
}

} // namespace

void elementwise(const Work& work, Context& context) {
    PELLUCID_FOR_LANES(run_tiles, work, context)
}

} // namespace pellucid::PELLUCID_LEVEL
