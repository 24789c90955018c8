#include <utility>

#include "kernels.h"
#include "matrices.h"
#include "move.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

constexpr std::int64_t kRows = 256, kColumns = 64; // of a tile: it is read in long rows, and written in short ones

} // namespace

// A copy from a tensor whose last two axes change their parts.
void transpose(const Work& work, Context& context) {
    const Tensor &to = work.tensors[0], &from = work.tensors[1];
    const int last = work.axes - 1;
    const Place places[] = {place_of(to, context, last - 1, last), place_of(from, context, last, last - 1)};
    Matrices matrices(work);
    matrices.cut_columns(kColumns, to);
    matrices.tile_rows = std::min(matrices.tile_rows, from.panels ? panel_width(from.dtype) : kRows);
    for_tiles(work, matrices, context, places,
              [](const Place* place, std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
                  Strided from = numbers_at(place[1], column, row);
                  std::swap(from.row, from.column);
                  move_numbers(numbers_at(place[0], row, column), from, rows, columns);
              });
}

} // namespace pellucid::PELLUCID_LEVEL
