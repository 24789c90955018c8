// Rows by number: taken out of a table, or added to those of a table.
#include <algorithm>
#include <type_traits>

#include "grid.h"
#include "kernels.h"
#include "move.h"
#include "tile.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

constexpr std::int64_t kSome = 512; // labels that are looked at together

// The labels of an instruction. As in NumPy, those below 0 count from the end of the table.
class Labels {
public:
    Labels(const Work& work, const Context& context)
        : start_(Place(work.tensors[2], context, 0).start), dtype_(work.tensors[2].dtype),
          step_(work.tensors[2].strides[0]), rows_(work.options[0]), number_(work.number), fault_(*context.fault),
          some_(reinterpret_cast<std::int64_t*>(context.scratch)) {}

    // Calls use(label, row) for each of some labels that chooses a row of the table.
    template <class Use>
    void for_each(std::int64_t first, std::int64_t last, Use use) const {
        for (; first < last; first += kSome) {
            const std::int64_t count = std::min(kSome, last - first);
            load_numbers(some_, 0, {start_ + first * step_ * size_of(dtype_), dtype_, 0, step_}, 1, count);
            for (std::int64_t i = 0; i < count; ++i) {
                const std::int64_t index = some_[i], row = index < 0 ? index + rows_ : index;
                if (row >= 0 && row < rows_)
                    use(first + i, row);
                else if (!fault_.found)
                    fault_ = {true, number_, first + i, index, rows_};
            }
        }
    }

private:
    std::byte* const start_;
    const Dtype dtype_;
    const std::int64_t step_, rows_;
    const int number_;
    Fault& fault_;
    std::int64_t* const some_;
};

// What a thread does of a table of sums: for some of the rows, some of the columns.
struct Part {
    Share rows, columns;
};

// Threads share out the columns, as labels may favour some rows; few columns are left together, and the rows shared
// out. Each number is added up by one thread, in the order of the labels.
Part part_of(std::int64_t rows, std::int64_t columns, std::int64_t numbers, const Context& context) {
    constexpr std::int64_t together = 16; // columns: as much as the processor moves at a time
    const std::int64_t pieces_of_row = pieces(columns, together);
    if (pieces_of_row < context.threads)
        return {share_of(rows, numbers, context), {0, columns}};
    const Share share = share_of(pieces_of_row, numbers, context);
    return {{0, rows}, {std::min(share.first * together, columns), std::min(share.last * together, columns)}};
}

// In the numbers' own dtype: whole numbers wrap round, truth values stay such.
template <class T>
void add_row(T* __restrict to, const T* __restrict row, std::int64_t columns, bool truth) {
    for (std::int64_t column = 0; column < columns; ++column) {
        if constexpr (std::is_floating_point_v<T>)
            to[column] += row[column];
        else if (truth)
            to[column] |= row[column];
        else
            to[column] =
                static_cast<T>(static_cast<std::uint64_t>(to[column]) + static_cast<std::uint64_t>(row[column]));
    }
}

template <class T>
void add_rows(const Work& work, const Context& context) {
    const Tensor &table = work.tensors[0], &rows = work.tensors[1];
    const std::int64_t count = work.extents[0], columns = work.extents[1], table_rows = work.options[0];
    const Part part = part_of(table_rows, columns, std::max(count, table_rows) * columns, context);
    T* const to = start_of<T>(table, context) + part.columns.first;
    const T* const from = start_of<T>(rows, context) + part.columns.first;
    const std::int64_t some_columns = part.columns.last - part.columns.first;
    for (std::int64_t row = part.rows.first; row < part.rows.last; ++row)
        std::fill_n(to + row * table.strides[0], some_columns, T{});
    Labels(work, context).for_each(0, count, [&](std::int64_t label, std::int64_t row) {
        if (row >= part.rows.first && row < part.rows.last)
            add_row(to + row * table.strides[0], from + label * rows.strides[0], some_columns,
                    table.dtype == Dtype::boolean);
    });
}

} // namespace

void gather(const Work& work, Context& context) {
    const Tensor &to = work.tensors[0], &table = work.tensors[1];
    const std::int64_t size = size_of(to.dtype), columns = work.extents[1];
    const std::int64_t to_row = to.strides[0] * size, table_row = table.strides[0] * size;
    std::byte* const start = Place(to, context, 0).start;
    const std::byte* const rows = Place(table, context, 0).start;
    const Share share = share_of(work.extents[0], work.extents[0] * columns, context);
    const Labels labels(work, context);
    with_mover(columns * size, [&](auto move) {
        labels.for_each(share.first, share.last, [&](std::int64_t label, std::int64_t row) {
            move(start + label * to_row, rows + row * table_row, columns * size);
        });
    });
}

void scatter_add(const Work& work, Context& context) {
    with_type(work.tensors[0].dtype, nullptr, [&]<class T>(const T*) { add_rows<T>(work, context); });
}

} // namespace pellucid::PELLUCID_LEVEL
