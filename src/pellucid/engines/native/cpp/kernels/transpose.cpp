#include "kernels.h"
#include "matrices.h"
#include "move.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

constexpr std::int64_t kTile = 64; // rows and columns: what is read and what is written stay near together

} // namespace

// A copy from a tensor whose last two axes change their parts.
void transpose(const Work& work, Context& context) {
    const Tensor &to = work.tensors[0], &from = work.tensors[1];
    const int last = work.axes - 1;
    Matrices matrices(work);
    matrices.cut(kTile * kTile, kTile, &to, 1);
    matrices.tile_rows = std::min<std::int64_t>(kTile, matrices.tile_rows);
    if (from.panels)
        matrices.tile_rows = std::min<std::int64_t>(panel_width(from.dtype), matrices.tile_rows);
    const Place whole_to = place_of(to, context, last - 1, last), whole_from = place_of(from, context, last, last - 1);
    Place to_place, from_place;
    for_tiles(
        work, matrices, context,
        [&](const std::int64_t* index) {
            to_place = whole_to.entered(index, matrices.outer);
            from_place = whole_from.entered(index, matrices.outer);
        },
        [&](std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
            Strided from_tile = numbers_at(from_place, column, row);
            std::swap(from_tile.row, from_tile.column);
            move_numbers(numbers_at(to_place, row, column), from_tile, rows, columns);
        });
}

} // namespace pellucid::PELLUCID_LEVEL
