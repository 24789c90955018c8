// Sums, means, maxima and counts of the columns of matrices.
//
// Rows are cut into blocks of a fixed size; blocks are joined in pairs, and pairs in pairs again, so that the error grows
// with the logarithm of their number. No thread needs what another one finds: they share the columns out.
#include <algorithm>
#include <utility>

#include "convert.h"
#include "fold.h"
#include "grid.h"
#include "kernels.h"
#include "tile.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

constexpr std::int64_t kBlock = 128;    // rows of a block, vectors of one whose numbers lie side by side
constexpr std::int64_t kWideBlock = 16; // rows of a block of wide matrices: no more than memory can be read ahead in
constexpr int kHalvings = 56;           // no array in memory has more until a block is left

template <class T>
constexpr std::int64_t kTile = 4096 / sizeof(T); // columns that are worked on at once
template <class T>
constexpr std::int64_t kUnit = 64 / sizeof(T); // columns that no two threads share: those of a line of the cache
template <class T>
constexpr std::int64_t kWide = 256 / sizeof(T); // matrices of more columns are wide

// Where the lanes of a vector come from.
enum class Way {
    along,     // one column
    down,      // neighbouring columns
    packed,    // several rows of the few columns that there are
    converted, // neighbouring columns, after they were brought together
};

// The kernel's own part of the scratch memory.
template <class T>
struct Room {
    alignas(64) T numbers[kBlock * kStrip<T>];  // of a block
    alignas(64) T waiting[kHalvings][kTile<T>]; // of blocks that have yet to be joined to others
};

template <Reduction how, class T>
class Reducer {
public:
    Reducer(const Work& work, const Context& context)
        : work_(work), outer_(work.axes - 2), reduced_(work.extents[outer_]), columns_(work.extents[outer_ + 1]),
          in_lanes_(work.tensors[0].dtype == work.lanes), room_(*reinterpret_cast<Room<T>*>(context.scratch)),
          program_(work, context, outer_, 1, std::min(columns_, kTile<T>), sizeof(Room<T>)),
          matrix_(&program_.place(0)), way_(find_way()), block_(block_for(way_)) {}

    // Reduces some units of columns, counted through all matrices.
    void run(Share units) {
        const std::int64_t in_matrix = pieces(columns_, kUnit<T>), first = quotient(units.first, in_matrix);
        Index index(work_, outer_, first);
        units = {units.first - first * in_matrix, units.last - first * in_matrix};
        for (;; index.next()) {
            if (outer_ > 0) {
                program_.enter(index.data());
                matrix_ = &program_.place(0);
            }
            const std::int64_t end = std::min(units.last * kUnit<T>, columns_);
            for (std::int64_t column = units.first * kUnit<T>; column < end; column += kTile<T>)
                run_tile(column, std::min(kTile<T>, end - column));
            if (units.last <= in_matrix)
                return;
            units = {0, units.last - in_matrix};
        }
    }

private:
    struct Range {
        std::int64_t first, count;
    };

    Way find_way() const {
        if (columns_ == 1 || (matrix_->row == 1 && matrix_->column != 1))
            return Way::along;
        if (!in_lanes_ || matrix_->column != 1)
            return Way::converted;
        return columns_ < lanes<T> && matrix_->row == columns_ && reduced_ > kBlock ? Way::packed : Way::down;
    }
    std::int64_t block_for(Way way) const {
        if (way == Way::along || way == Way::packed)
            return kBlock * lanes<T>;
        return columns_ > kWide<T> ? kWideBlock : kBlock;
    }

    void run_tile(std::int64_t column, std::int64_t columns) {
        const bool divides = static_cast<Reduction>(work_.options[0]) == Reduction::mean;
        const Operand<T>* direct = divides ? nullptr : program_.destination(0, 1, column, columns);
        T* const to = direct != nullptr ? direct->start : program_.slot(0);
        fold_rows({0, reduced_}, {column, columns}, to, room_.waiting);
        if (direct != nullptr)
            return;
        if (divides)
            divide(to, columns);
        program_.run(0, 1, column, columns);
    }

    // Folds rows of some columns into `to`; `waiting` are places that are free.
    void fold_rows(Range rows, Range columns, T* to, T (*waiting)[kTile<T>]) {
        if (rows.count <= block_)
            return fold_block(rows, columns, to);
        const std::int64_t half = pieces(rows.count, block_) / 2 * block_;
        fold_rows({rows.first, half}, columns, to, waiting);
        fold_rows({rows.first + half, rows.count - half}, columns, *waiting, waiting + 1);
        join_columns(to, *waiting, columns.count);
    }

    static void join_columns(T* to, const T* other, std::int64_t columns) {
        for (; columns >= lanes<T>; columns -= lanes<T>, to += lanes<T>, other += lanes<T>)
            store(to, join<how, T>(load(to), load(other)));
        if (columns > 0) {
            const int count = static_cast<int>(columns);
            store_first(to, join<how, T>(load_first(to, count), load_first(other, count)), count);
        }
    }

    void fold_block(Range rows, Range columns, T* to) {
        switch (way_) {
        case Way::along:
            for (std::int64_t i = 0; i < columns.count; ++i)
                to[i] = fold_along<how, T>(column_of(rows, columns.first + i), rows.count);
            break;
        case Way::down:
            fold_down<how, T>({numbers_at(rows.first, columns.first), matrix_->row, rows.count}, columns.count, to);
            break;
        case Way::packed: fold_packed({numbers_at(rows.first, 0), columns_, rows.count}, to); break;
        case Way::converted:
            for (std::int64_t i = 0; i < columns.count; i += kStrip<T>)
                fold_converted(rows, {columns.first + i, std::min(kStrip<T>, columns.count - i)}, to + i);
            break;
        }
    }

    // As many rows as a vector has lanes are one long row.
    void fold_packed(const Rows<T>& rows, T* to) {
        const std::int64_t long_rows = rows.count / lanes<T>, packed = long_rows * lanes<T>;
        constexpr Reduction joins = how == Reduction::count_true ? Reduction::sum : how;
        fold_down<how, T>({rows.start, lanes<T> * columns_, long_rows}, lanes<T> * columns_, room_.numbers);
        fold_down<joins, T>({room_.numbers, columns_, lanes<T>}, columns_, to);
        if (packed == rows.count)
            return;
        fold_down<how, T>({rows.start + packed * columns_, columns_, rows.count - packed}, columns_, room_.numbers);
        join_columns(to, room_.numbers, columns_);
    }

    void fold_converted(Range rows, Range columns, T* to) {
        const Strided from{at(rows.first, columns.first), matrix_->tensor->dtype, matrix_->row, matrix_->column};
        load_numbers(room_.numbers, kStrip<T>, from, rows.count, columns.count);
        fold_down<how, T>({room_.numbers, kStrip<T>, rows.count}, columns.count, to);
    }

    // Some rows of a column, side by side.
    const T* column_of(Range rows, std::int64_t column) {
        if (in_lanes_ && matrix_->row == 1)
            return numbers_at(rows.first, column);
        load_numbers(room_.numbers, 0, {at(rows.first, column), matrix_->tensor->dtype, 0, matrix_->row}, 1,
                     rows.count);
        return room_.numbers;
    }

    std::byte* at(std::int64_t row, std::int64_t column) const {
        return matrix_->start + (row * matrix_->row + column * matrix_->column) * matrix_->size;
    }

    const T* numbers_at(std::int64_t row, std::int64_t column) const {
        return reinterpret_cast<const T*>(at(row, column));
    }

    void divide(T* totals, std::int64_t columns) const {
        for (std::int64_t i = 0; i < columns; ++i)
            if (std::is_floating_point_v<T> || reduced_ != 0)
                totals[i] /= static_cast<T>(reduced_);
    }

    const Work& work_;
    const int outer_;
    const std::int64_t reduced_, columns_;
    const bool in_lanes_;
    Room<T>& room_;
    TileProgram<T> program_;
    const Place* matrix_; // the present one
    const Way way_;
    const std::int64_t block_; // rows
};

template <class T>
void reduce_columns(const Work& work, const Context& context) {
    const int outer = work.axes - 2;
    const std::int64_t columns = work.extents[outer + 1], matrices = product(work.extents, outer);
    if (matrices * columns == 0)
        return;
    const Share share =
        share_of(matrices * pieces(columns, kUnit<T>), matrices * columns * work.extents[outer], context);
    if (share.first < share.last)
        with_reduction(work, [&](auto how) { Reducer<how(), T>(work, context).run(share); });
}

// ------------------------------------------------------------ a matrix for each number
// Matrices of one column each, as the columns of fewer matrices.
struct SideBySide {
    Work work;
    ReadyProgram ready;
    Tensor tensors[kTensors];

    explicit SideBySide(const Work& from) : work(from), ready(*from.ready) {
        const int axis = from.axes - 3; // that of the matrices
        work.axes = from.axes - 1;
        std::swap(work.extents[axis], work.extents[axis + 1]);
        work.tensors = tensors;
        for (int i = 0; i < from.tensor_count; ++i) {
            tensors[i] = from.tensors[i];
            std::swap(tensors[i].strides[axis], tensors[i].strides[axis + 1]);
        }
        find_places(work, ready);
        work.ready = &ready;
    }
    SideBySide(const SideBySide&) = delete; // points into itself
    SideBySide& operator=(const SideBySide&) = delete;

    static bool suits(const Work& work) {
        if (work.axes < 3 || work.extents[work.axes - 1] != 1)
            return false;
        for (int i = 1; i < work.tensor_count; ++i)
            if (work.tensors[i].strides[work.axes - 3] != 1)
                return false;
        return true;
    }
};

void reduce_matrices(const Work& work, Context& context) {
    PELLUCID_FOR_LANES(reduce_columns, work, context)
}

} // namespace

void reduce(const Work& work, Context& context) {
    if (SideBySide::suits(work))
        reduce_matrices(SideBySide(work).work, context);
    else
        reduce_matrices(work, context);
}

} // namespace pellucid::PELLUCID_LEVEL
