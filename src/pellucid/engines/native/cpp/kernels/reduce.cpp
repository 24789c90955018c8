// Sums, means, maxima and counts: of every column of a matrix (reduce), or of all that there is (total).
//
// Numbers are taken in blocks of a fixed size, with several sums side by side in each; blocks are joined in pairs, and
// pairs in pairs again, so that the error grows with the logarithm of their number. Where numbers lie decides whether
// the lanes of a vector hold neighbouring columns (down) or neighbouring numbers of one column (along).
#include <algorithm>
#include <limits>
#include <utility>

#include "convert.h"
#include "grid.h"
#include "kernels.h"
#include "tile.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

constexpr int kChains = 4;              // sums side by side, so that no addition waits for the one before
constexpr std::int64_t kBlock = 128;    // rows of a block going down, vectors of one going along
constexpr std::int64_t kWideBlock = 16; // rows of a block of many columns: no more than memory can be read ahead in
constexpr int kHalvings = 56;           // no array in memory has more until a block is left

template <class T>
constexpr std::int64_t kTile = 4096 / sizeof(T); // columns that are worked on at once
template <class T>
constexpr std::int64_t kUnit = 64 / sizeof(T); // columns that no two threads share: those of a line of the cache
template <class T>
constexpr std::int64_t kNarrow = 256 / sizeof(T);
template <class T>
constexpr std::int64_t kStrip = 2 * lanes<T>; // columns whose sums are kept in registers

// ------------------------------------------------------------ what is done to the numbers
template <Reduction how, class T>
constexpr T kStart = how == Reduction::max ? (std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity()
                                                                                   : std::numeric_limits<T>::lowest())
                                           : T{0};

template <Reduction how, class T>
PELLUCID_INLINE Vector<T> join(Vector<T> a, Vector<T> b) {
    if constexpr (how == Reduction::max)
        return value_of<Code::maximum, T>(a, b, a);
    else
        return a + b;
}

template <Reduction how, class T>
PELLUCID_INLINE Vector<T> take(Vector<T> total, Vector<T> numbers) {
    if constexpr (how == Reduction::count_true)
        return total + value_of<Code::truth, T>(numbers, numbers, numbers);
    else
        return join<how, T>(total, numbers);
}

// ------------------------------------------------------------ down
template <class T>
struct Rows {
    const T* start;
    std::int64_t pitch, count; // from one row to the next; how many
};

template <class T, int vectors>
struct Totals {
    Vector<T> vectors_of[vectors];
};

// load_vector(row, i) gives vector i of a row.
template <Reduction how, class T, int vectors, class Load>
PELLUCID_INLINE Totals<T, vectors> fold(const Rows<T>& rows, Load load_vector) {
    Vector<T> chains[kChains][vectors];
    for (auto& chain : chains)
        for (auto& total : chain)
            total = broadcast(kStart<how, T>);
    const T* row = rows.start;
    std::int64_t left = rows.count;
    for (; left >= kChains; left -= kChains)
        for (int chain = 0; chain < kChains; ++chain, row += rows.pitch)
            for (int i = 0; i < vectors; ++i)
                chains[chain][i] = take<how, T>(chains[chain][i], load_vector(row, i));
    for (; left > 0; --left, row += rows.pitch)
        for (int i = 0; i < vectors; ++i)
            chains[0][i] = take<how, T>(chains[0][i], load_vector(row, i));
    Totals<T, vectors> totals;
    for (int i = 0; i < vectors; ++i)
        totals.vectors_of[i] =
            join<how, T>(join<how, T>(chains[0][i], chains[1][i]), join<how, T>(chains[2][i], chains[3][i]));
    return totals;
}

// Folds every column of a block. The last vector ends where the columns do, even if it shares some with the one before:
// only columns that do not fill a vector are loaded in part.
template <Reduction how, class T>
void fold_down(const Rows<T>& rows, std::int64_t columns, T* to) {
    if (columns < lanes<T>) {
        const int count = static_cast<int>(columns);
        const auto totals = fold<how, T, 1>(rows, [=](const T* row, int) { return load_first(row, count); });
        return store_first(to, totals.vectors_of[0], count);
    }
    const std::int64_t last = columns - lanes<T>;
    for (std::int64_t column = 0; column < columns; column += kStrip<T>) {
        if (column < last) {
            const std::int64_t second = std::min(column + lanes<T>, last);
            const auto totals =
                fold<how, T, 2>(rows, [=](const T* row, int i) { return load(row + (i == 0 ? column : second)); });
            store(to + column, totals.vectors_of[0]);
            store(to + second, totals.vectors_of[1]);
        } else {
            const auto totals = fold<how, T, 1>(rows, [=](const T* row, int) { return load(row + last); });
            store(to + last, totals.vectors_of[0]);
        }
    }
}

// ------------------------------------------------------------ along
template <int distance, class V, std::size_t... lane>
PELLUCID_INLINE auto rotated(V vector, std::index_sequence<lane...>) {
    return __builtin_shufflevector(vector, vector, (lane + distance) % sizeof...(lane)...);
}

// All lanes as one.
template <Reduction how, class T, int distance = lanes<T> / 2>
PELLUCID_INLINE T across(Vector<T> vector) {
    vector = join<how, T>(vector, (Vector<T>)rotated<distance>(vector, std::make_index_sequence<lanes<T>>{}));
    if constexpr (distance > 1)
        return across<how, T, distance / 2>(vector);
    else
        return vector[0];
}

// The first numbers of a vector, and beyond them some that change nothing.
template <Reduction how, class T>
PELLUCID_INLINE Vector<T> load_neutral(const T* from, int count) {
    if constexpr (how != Reduction::max)
        return load_first(from, count);
    Mask<T> place;
    for (int lane = 0; lane < lanes<T>; ++lane)
        place[lane] = lane;
    return choose<T>(place < count, load_first(from, count), broadcast(kStart<how, T>));
}

// Folds numbers that lie side by side: the vectors of a block at most.
template <Reduction how, class T>
T fold_along(const T* from, std::int64_t count) {
    const Rows<T> rows{from, kStrip<T>, count / kStrip<T>};
    const auto totals = fold<how, T, 2>(rows, [](const T* row, int i) { return load(row + i * lanes<T>); });
    Vector<T> total = join<how, T>(totals.vectors_of[0], totals.vectors_of[1]);
    std::int64_t place = rows.count * kStrip<T>;
    if (count - place >= lanes<T>) {
        total = take<how, T>(total, load(from + place));
        place += lanes<T>;
    }
    if (place < count)
        total = take<how, T>(total, load_neutral<how, T>(from + place, static_cast<int>(count - place)));
    return across<how, T>(total);
}

// ------------------------------------------------------------ reduce
// The kernel's own part of the scratch memory.
template <class T>
struct Room {
    alignas(64) T numbers[kBlock * kStrip<T>];  // of a block, converted
    alignas(64) T waiting[kHalvings][kTile<T>]; // sums of blocks that have yet to be joined to others
};

template <Reduction how, class T>
class Reducer {
public:
    Reducer(const Work& work, const Context& context)
        : work_(work), outer_(work.axes - 2), reduced_(work.extents[outer_]), columns_(work.extents[outer_ + 1]),
          source_(work.tensors[0], context, outer_), in_lanes_(work.tensors[0].dtype == work.lanes),
          along_(columns_ == 1 || (source_.row == 1 && source_.column != 1)),
          block_(along_                  ? kBlock * lanes<T>
                 : columns_ > kNarrow<T> ? kWideBlock
                                         : kBlock),
          room_(*reinterpret_cast<Room<T>*>(context.scratch)),
          program_(work, context, outer_, 1, std::min(columns_, kTile<T>), sizeof(Room<T>)) {}

    // Reduces some units of columns, counted through all matrices.
    void run(Share units) {
        const std::int64_t in_matrix = pieces(columns_, kUnit<T>), first = quotient(units.first, in_matrix);
        Index index(work_, outer_, first);
        units = {units.first - first * in_matrix, units.last - first * in_matrix};
        for (;; index.next()) {
            if (outer_ > 0) {
                entered_ = source_.entered(index.data(), outer_);
                matrix_ = &entered_;
                program_.enter(index.data());
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

    struct Range {
        std::int64_t first, count;
    };

    // Folds rows of some columns into `to`; `waiting` are places for sums that are free.
    void fold_rows(Range rows, Range columns, T* to, T (*waiting)[kTile<T>]) {
        if (rows.count <= block_)
            return fold_block(rows, columns, to);
        const std::int64_t half = pieces(rows.count, block_) / 2 * block_;
        fold_rows({rows.first, half}, columns, to, waiting);
        fold_rows({rows.first + half, rows.count - half}, columns, *waiting, waiting + 1);
        const T* other = *waiting;
        std::int64_t left = columns.count;
        for (; left >= lanes<T>; left -= lanes<T>, to += lanes<T>, other += lanes<T>)
            store(to, join<how, T>(load(to), load(other)));
        if (left > 0) {
            const int count = static_cast<int>(left);
            store_first(to, join<how, T>(load_first(to, count), load_first(other, count)), count);
        }
    }

    void fold_block(Range rows, Range columns, T* to) {
        if (along_)
            for (std::int64_t i = 0; i < columns.count; ++i)
                to[i] = fold_along<how, T>(column_of(rows, columns.first + i), rows.count);
        else if (in_lanes_ && matrix_->column == 1)
            fold_down<how, T>({reinterpret_cast<const T*>(at(rows.first, columns.first)), matrix_->row, rows.count},
                              columns.count, to);
        else
            for (std::int64_t i = 0; i < columns.count; i += kStrip<T>) {
                const std::int64_t count = std::min(kStrip<T>, columns.count - i);
                const Strided from{at(rows.first, columns.first + i), matrix_->tensor->dtype, matrix_->row,
                                   matrix_->column};
                load_numbers(room_.numbers, kStrip<T>, from, rows.count, count);
                fold_down<how, T>({room_.numbers, kStrip<T>, rows.count}, count, to + i);
            }
    }

    // Some rows of a column, side by side.
    const T* column_of(Range rows, std::int64_t column) {
        std::byte* const start = at(rows.first, column);
        if (in_lanes_ && matrix_->row == 1)
            return reinterpret_cast<const T*>(start);
        load_numbers(room_.numbers, 0, {start, matrix_->tensor->dtype, 0, matrix_->row}, 1, rows.count);
        return room_.numbers;
    }

    std::byte* at(std::int64_t row, std::int64_t column) const {
        return matrix_->start + (row * matrix_->row + column * matrix_->column) * matrix_->size;
    }

    // The tile is in a slot, which has whole vectors.
    void divide(T* totals, std::int64_t columns) const {
        for (std::int64_t i = 0; i < columns; ++i)
            if (std::is_floating_point_v<T> || reduced_ != 0)
                totals[i] /= static_cast<T>(reduced_);
    }

    const Work& work_;
    const int outer_;
    const std::int64_t reduced_, columns_;
    const Place source_;
    Place entered_;
    const Place* matrix_ = &source_; // the present one
    const bool in_lanes_, along_;
    const std::int64_t block_; // rows
    Room<T>& room_;
    TileProgram<T> program_;
};

// Calls use(Constant) with what the work asks for, std::integral_constant<Reduction, ...>; a mean begins as a sum.
template <class Use>
void with_reduction(const Work& work, Use use) {
    switch (static_cast<Reduction>(work.options[0])) {
    case Reduction::max: return use(std::integral_constant<Reduction, Reduction::max>{});
    case Reduction::count_true: return use(std::integral_constant<Reduction, Reduction::count_true>{});
    default: return use(std::integral_constant<Reduction, Reduction::sum>{});
    }
}

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
    Tensor tensors[kTensors];

    explicit SideBySide(const Work& from) : work(from) {
        const int axis = from.axes - 3; // that of the matrices
        work.axes = from.axes - 1;
        std::swap(work.extents[axis], work.extents[axis + 1]);
        work.tensors = tensors;
        for (int i = 0; i < from.tensor_count; ++i) {
            tensors[i] = from.tensors[i];
            std::swap(tensors[i].strides[axis], tensors[i].strides[axis + 1]);
        }
    }
    static bool suits(const Work& work) {
        if (work.axes < 3 || work.extents[work.axes - 1] != 1)
            return false;
        for (int i = 1; i < work.tensor_count; ++i)
            if (work.tensors[i].strides[work.axes - 3] != 1)
                return false;
        return true;
    }
};

// ------------------------------------------------------------ total
template <Reduction how, class T>
class Total {
public:
    explicit Total(const Context& context) : numbers_(reinterpret_cast<T*>(context.scratch)) {}

    void add(const Strided& from, std::int64_t rows, std::int64_t columns, bool in_lanes) {
        if (in_lanes && from.column == 1 && (rows == 1 || from.row == columns))
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
        constexpr std::int64_t block = kBlock * lanes<T>;
        count_ += count;
        for (; count > 0; from += block, count -= block)
            total_ =
                join<how, Wide>(total_, broadcast(static_cast<Wide>(fold_along<how, T>(from, std::min(block, count)))));
    }

    static constexpr std::int64_t kPack = 2 * kBlock * lanes<T>; // numbers that are laid side by side
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

void total(const Work& work, Context& context) {
    PELLUCID_FOR_LANES(find_total, work, context)
}

} // namespace pellucid::PELLUCID_LEVEL
