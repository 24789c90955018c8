// One number of all that there is: the sum, the mean, the maximum, or how many are true.
#include <algorithm>

#include "convert.h"
#include "fold.h"
#include "grid.h"
#include "kernels.h"
#include "tile.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

// Blocks of numbers that lie side by side, which are made to where they do not, are joined one after the other: those of
// float32 in float64.
template <Reduction how, class T>
class Total {
public:
    explicit Total(const Context& context) : numbers_(reinterpret_cast<T*>(context.scratch)) {}

    void add(const Strided& from, std::int64_t rows, std::int64_t columns, bool in_lanes) {
        const bool side_by_side = from.column == 1 && (rows == 1 || from.row == columns);
        if (side_by_side && how == Reduction::count_true && from.dtype == Dtype::boolean)
            return count_bytes(from.start, rows * columns);
        if (side_by_side && in_lanes)
            return add_numbers(reinterpret_cast<const T*>(from.start), rows * columns);
        const std::int64_t width = std::min(columns, kPack), height = kPack / width;
        for (std::int64_t row = 0; row < rows; row += height)
            for (std::int64_t column = 0; column < columns; column += width) {
                Strided part = from;
                part.start += (row * from.row + column * from.column) * size_of(from.dtype);
                const std::int64_t high = std::min(height, rows - row), wide = std::min(width, columns - column);
                load_numbers(numbers_, wide, part, high, wide);
                add_numbers(numbers_, high * wide);
            }
    }

    // A count is exact; other results are rounded as those of the lanes.
    double result(bool divides) const {
        if (how == Reduction::count_true)
            return static_cast<double>(total_[0]);
        if (divides && (std::is_floating_point_v<T> || count_ != 0))
            return static_cast<double>(static_cast<T>(total_[0] / static_cast<Wide>(count_)));
        return static_cast<double>(static_cast<T>(total_[0]));
    }

private:
    using Wide = std::conditional_t<std::is_same_v<T, float>, double, T>; // of the sums of blocks

    void add_numbers(const T* from, std::int64_t count) {
        count_ += count;
        for (; count > 0; from += kBlock, count -= kBlock)
            total_ = join<how, Wide>(total_,
                                     broadcast(static_cast<Wide>(fold_along<how, T>(from, std::min(kBlock, count)))));
    }

    void count_bytes(const std::byte* from, std::int64_t count) {
        std::int64_t found = 0;
        for (std::int64_t i = 0; i < count; ++i)
            found += from[i] != std::byte{0};
        total_ += broadcast(static_cast<Wide>(found));
    }

    static constexpr std::int64_t kBlock = 128 * lanes<T>;
    static constexpr std::int64_t kPack = 2 * kBlock; // numbers that are laid side by side
    T* numbers_;
    std::int64_t count_ = 0;
    Vector<Wide> total_ = broadcast(kStart<how, Wide>); // the same in all lanes
};

// Adds every matrix; of one in panels, every panel.
template <Reduction how, class T>
void add_matrices(const Work& work, const Context& context, Total<how, T>& total) {
    const Tensor& source = work.tensors[0];
    const int outer = std::max(work.axes - 2, 0);
    Place place(source, context, outer);
    std::int64_t rows = work.extents[outer], columns = work.extents[outer + 1];
    if (work.axes == 1) {
        columns = rows;
        place.column = place.row;
        rows = 1;
    }
    const std::int64_t piece = source.panels ? panel_width(source.dtype) : columns;
    Index index(work, outer, 0);
    for (std::int64_t left = product(work.extents, outer); left > 0; --left, index.next()) {
        const Place matrix = place.entered(index.data(), outer);
        for (std::int64_t column = 0; column < columns; column += piece) {
            const Operand<T> tile = tile_at<T>(matrix, 0, column, lanes<T>);
            total.add({reinterpret_cast<std::byte*>(tile.start), source.dtype, tile.row, place.column}, rows,
                      std::min(piece, columns - column), source.dtype == work.lanes);
        }
    }
}

// Registers belong to threads: each finds the total for itself.
template <Reduction how, class T>
void find_total(const Work& work, Context& context) {
    Total<how, T> total(context);
    if (product(work.extents, work.axes) > 0)
        add_matrices(work, context, total);
    context.registers[work.options[1]] = total.result(static_cast<Reduction>(work.options[0]) == Reduction::mean);
}

template <class T>
void find_total(const Work& work, Context& context) {
    with_reduction(work, [&](auto how) { find_total<how(), T>(work, context); });
}

} // namespace

void total(const Work& work, Context& context) {
    PELLUCID_FOR_LANES(find_total, work, context)
}

} // namespace pellucid::PELLUCID_LEVEL
