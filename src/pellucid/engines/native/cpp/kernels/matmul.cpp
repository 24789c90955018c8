// The matrix product: start + sum over segments and K of A * B, and a program on every finished tile.
//
// The order of the loops, from the outermost: matrices of the outer axes, blocks of rows, blocks of panels, blocks of
// the sum, panels, groups of tiles, tiles. Blocks are as large as the caches like them; a small product has one of
// each. Between two blocks of the sum the tiles wait in scratch memory, which changes no bit of them.
#include <algorithm>

#include "grid.h"
#include "kernels.h"
#include "microkernel.h"
#include "tile.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

constexpr std::int64_t kBlockSteps = 256;
constexpr std::int64_t kBlockRows = 192;
constexpr std::int64_t kBlockPanels = 16;
constexpr std::int64_t kGroupRows = 48; // of the tiles that the program runs on at once
constexpr std::int64_t kAlone = 20000;  // multiplications that are not worth a second thread
constexpr std::int64_t kPad = 16;       // numbers between the rows of a copy of A

template <class T>
constexpr std::int64_t kWidth = 2 * lanes<T>; // columns of a panel

template <class T>
alignas(64) constexpr T kZeros[kWidth<T>] = {};

// The kernel's own part of the scratch memory.
template <class T>
struct Room {
    Stretch stretches[kBlockSteps];
    std::int64_t sources[kBlockSteps]; // where the stretches begin in B
    alignas(64) T b[kBlockSteps * kWidth<T>];
    alignas(64) T start[kGroupRows * kWidth<T>];
    alignas(64) T waiting[kBlockRows * kBlockPanels * kWidth<T>];
    alignas(64) T a[std::max(kBlockRows * (kBlockSteps + kPad), kBlockSteps*(kBlockRows + kPad))];
};

struct Range {
    std::int64_t begin, end;
    std::int64_t size() const { return end - begin; }
};

// A panel, or what there is of the last one.
template <class T>
struct Columns {
    std::int64_t panel, count;
    std::int64_t first() const { return panel * kWidth<T>; }
    int vectors() const { return vectors_in<T>(count); }
    std::int64_t padded() const { return vectors() * lanes<T>; }
    int in_last_vector() const { return static_cast<int>(count - padded()) + lanes<T>; }
};

// Copies numbers whose last vector may not be whole to where it may.
template <class T>
PELLUCID_INLINE void copy_padded(T* to, const T* from, const Columns<T>& columns) {
    const std::int64_t last = columns.padded() - lanes<T>;
    if (last > 0)
        store(to, load(from));
    store(to + last, load_first(from + last, columns.in_last_vector()));
}

template <class T>
class Product {
public:
    Product(const Work& work, const Context& context)
        : work_(work), outer_(static_cast<int>(work.options[product_option::outer])),
          segment_axes_(static_cast<int>(work.options[product_option::segments])), starts_(starts(work, context)),
          rows_(work.extents[outer_]), columns_(work.extents[outer_ + 1]), steps_(work.extents[work.axes - 1]),
          all_steps_(steps_), a_(work.tensors[0]), b_(work.tensors[1]), a_step_(a_.strides[work.axes - 1]),
          b_step_(b_.strides[work.axes - 1]), room_(*reinterpret_cast<Room<T>*>(context.scratch)),
          program_(work, context, outer_, std::min(rows_, kGroupRows), std::min(columns_, kWidth<T>), sizeof(Room<T>)) {
        if (segment_axes_ > 0)
            all_steps_ *= product(work.extents + outer_ + 2, segment_axes_);
        packs_ = (!b_.panels && (rows_ > kTileRows || columns_ % lanes<T> != 0)) || !follows_on(b_);
        copies_ = segment_axes_ == 0 && columns_ >= 4 * kWidth<T> && competes();
        task_.a_row = a_.strides[outer_];
        task_.a_step = a_step_;
        task_.stretches = room_.stretches;
        set_sum({0, all_steps_});
    }

    // Computes some rows of panels, counted through all panels of all matrices.
    void run(Range units) {
        if (outer_ == 0)
            return run_matrix(units);
        const std::int64_t in_matrix = pieces(columns_, kWidth<T>) * rows_;
        const std::int64_t first = units.begin == 0 ? 0 : units.begin / in_matrix;
        units = {units.begin - first * in_matrix, units.end - first * in_matrix};
        for (Index index(work_, outer_, first);; index.next()) {
            program_.enter(index.data());
            if (work_.options[product_option::step] > 0)
                set_sum(steps_at(index.data()[work_.options[product_option::axis]]));
            run_matrix({units.begin, std::min(units.end, in_matrix)});
            if (units.end <= in_matrix)
                return;
            units = {0, units.end - in_matrix};
        }
    }

private:
    static bool starts(const Work& work, const Context& context) {
        const std::int64_t start = work.options[product_option::start];
        return start == product_option::from_tensor || (start == product_option::adds_up && !context.first_chunk);
    }

    // Whether numbers of A that are needed together lie at distances at which they compete for the same lines of the
    // first-level cache, and can be copied to where they do not.
    bool competes() const {
        const std::int64_t row = a_.strides[outer_], far = row == 1 ? a_step_ : row;
        return (row == 1 || a_step_ == 1) && far * static_cast<std::int64_t>(sizeof(T)) % 1024 == 0;
    }

    // Whether all steps of the sum follow on each other evenly.
    bool follows_on(const Tensor& tensor) const {
        for (int axis = work_.axes - 1; axis > outer_ + 2; --axis)
            if (tensor.strides[axis - 1] != tensor.strides[axis] * work_.extents[axis] && work_.extents[axis - 1] != 1)
                return false;
        return true;
    }

    // The same within one matrix: the end of a panel that another thread has begun, whole ones, and the beginning of
    // one that another thread ends.
    void run_matrix(Range units) {
        Range panels{0, pieces(columns_, kWidth<T>)};
        if (units.begin == 0 && units.end == panels.end * rows_)
            return multiply(panels, {0, rows_});
        panels = {units.begin / rows_, units.end / rows_};
        const Range rows{units.begin - panels.begin * rows_, units.end - panels.end * rows_};
        if (panels.begin == panels.end)
            return multiply({panels.begin, panels.begin + 1}, rows);
        if (rows.begin > 0) {
            multiply({panels.begin, panels.begin + 1}, {rows.begin, rows_});
            ++panels.begin;
        }
        multiply(panels, {0, rows_});
        multiply({panels.end, panels.end + 1}, {0, rows.end});
    }

    void multiply(Range panels, Range rows) {
        for (Range some = rows; some.begin < rows.end; some.begin = some.end) {
            some.end = std::min(some.begin + kBlockRows, rows.end);
            for (std::int64_t panel = panels.begin; panel < panels.end; panel += kBlockPanels)
                multiply_blocks({panel, std::min(panel + kBlockPanels, panels.end)}, some);
        }
    }

    void multiply_blocks(Range panels, Range rows) {
        Range steps = sum_;
        for (std::int64_t block = 0; block < blocks_; ++block, steps.begin = steps.end) {
            if (blocks_ > 1) {
                steps.end = sum_.begin + sum_.size() * (block + 1) / blocks_;
                set_stretches(steps);
            }
            set_a(rows, steps);
            T* waiting = room_.waiting;
            for (std::int64_t panel = panels.begin; panel < panels.end; ++panel) {
                const Columns<T> columns{panel, std::min(columns_ - panel * kWidth<T>, kWidth<T>)};
                set_b(columns, steps.begin);
                multiply_panel(rows, columns, waiting, block == 0, block == blocks_ - 1);
                waiting += rows.size() * kWidth<T>;
            }
        }
    }

    // The steps of the sum in which A is not known to be zero, in a row along the axis that the options name.
    Range steps_at(std::int64_t row) const {
        const std::int64_t segments = work_.extents[outer_ + 2],
                           each = all_steps_ / std::max<std::int64_t>(segments, 1);
        const auto segment = [&](int option) {
            const std::int64_t way = work_.options[option] - row, step = work_.options[product_option::step];
            return std::clamp<std::int64_t>((way + step - 1) / step, 0, segments);
        };
        return {segment(product_option::first) * each, segment(product_option::last) * each};
    }

    // Sets the steps that are added up.
    void set_sum(Range steps) {
        if (steps.begin == sum_.begin && steps.end == sum_.end)
            return;
        sum_ = steps;
        blocks_ = pieces(steps.size(), kBlockSteps);
        if (blocks_ == 1)
            set_stretches(steps);
    }

    // Finds the stretches of some steps of the sum.
    void set_stretches(Range steps) {
        std::int64_t segment = 0, step = steps.begin, count = 0;
        if (segment_axes_ > 0 && step > 0) {
            segment = step / steps_;
            step -= segment * steps_;
        }
        for (std::int64_t left = steps.size(); left > 0; ++segment, step = 0) {
            std::int64_t a = step * a_step_, b = step * b_step_, rest = segment;
            for (int axis = outer_ + 1 + segment_axes_; rest > 0; --axis) {
                const std::int64_t i = rest % work_.extents[axis];
                rest /= work_.extents[axis];
                a += i * a_.strides[axis];
                b += i * b_.strides[axis];
            }
            const std::int64_t size = std::min(left, steps_ - step);
            room_.sources[count] = b;
            room_.stretches[count++] = {copies_ ? 0 : a, size};
            left -= size;
        }
        task_.stretch_count = count;
    }

    // Prepares the numbers of A for some rows and the present stretches.
    void set_a(Range rows, Range steps) {
        const T* matrix = reinterpret_cast<const T*>(program_.place(0).start);
        a_rows_ = matrix + rows.begin * a_.strides[outer_];
        if (!copies_)
            return;
        const bool by_rows = a_step_ == 1;
        const std::int64_t lines = by_rows ? rows.size() : steps.size(), length = by_rows ? steps.size() : rows.size();
        const std::int64_t stride = by_rows ? a_.strides[outer_] : a_step_;
        const std::int64_t pitch = (by_rows ? kBlockSteps : kBlockRows) + kPad;
        const T* from = a_rows_ + steps.begin * a_step_;
        for (std::int64_t line = 0; line < lines; ++line)
            std::memcpy(room_.a + line * pitch, from + line * stride, static_cast<std::size_t>(length) * sizeof(T));
        a_rows_ = room_.a;
        task_.a_row = by_rows ? pitch : 1;
        task_.a_step = by_rows ? 1 : pitch;
    }

    // Prepares what the steps from `first` on need of a panel of B.
    void set_b(const Columns<T>& columns, std::int64_t first) {
        const Place& place = program_.place(1);
        const T* panel = reinterpret_cast<const T*>(place.start) + columns.first();
        std::int64_t row = 1; // as far as one row is from the next
        if (b_.panels) {
            row = vectors_in<T>(std::min(kWidth<T>, b_.panel_columns - columns.first())) * lanes<T>;
            panel += columns.first() * (b_.panel_rows - 1) + place.first_row * row;
        }
        if (packs_)
            return pack_b(panel, row, columns);
        task_.b_step = b_step_ * row;
        task_.b = panel + first * task_.b_step;
    }

    // Lays the rows of B that the present stretches need side by side.
    void pack_b(const T* panel, std::int64_t row, const Columns<T>& columns) {
        T* to = room_.b;
        for (std::int64_t i = 0; i < task_.stretch_count; ++i) {
            const T* from = panel + room_.sources[i] * row;
            for (std::int64_t step = room_.stretches[i].count; step > 0; --step) {
                copy_padded(to, from, columns);
                from += b_step_ * row;
                to += columns.padded();
            }
        }
        task_.b = room_.b;
        task_.b_step = columns.padded();
    }

    // Adds the present stretches to the tiles of a panel, group by group.
    void multiply_panel(Range rows, const Columns<T>& columns, T* waiting, bool begins, bool finishes) {
        const auto& functions = kTileFunctions<T>;
        const int vectors = columns.vectors(), size = static_cast<int>(rows.size());
        const int tiles = (size + kTileRows - 1) / kTileRows;
        const int least = tiles == 1 ? size : size / tiles, larger = size - least * tiles;
        task_.a = a_rows_;
        std::int64_t row = rows.begin;
        for (int tile = 0; tile < tiles;) {
            const int end = std::min<int>(tile + kGroupRows / kTileRows, tiles);
            const int group = (end - tile) * least + std::clamp(larger - tile, 0, end - tile);
            task_.start = task_.result = waiting;
            task_.start_row = task_.result_row = columns.padded();
            waiting += group * columns.padded();
            if (begins)
                set_start(row, group, columns);
            const bool runs = finishes && set_result(row, group, columns);
            for (; tile < end; ++tile) {
                const int tile_rows = least + (tile < larger);
                functions[tile_rows - 1][vectors - 1](task_);
                task_.a += tile_rows * task_.a_row;
                task_.start += tile_rows * task_.start_row;
                task_.result += tile_rows * task_.result_row;
            }
            if (runs)
                program_.run(row, group, columns.first(), columns.count);
            row += group;
        }
    }

    // What the sums of a group of tiles start from.
    void set_start(std::int64_t row, std::int64_t rows, const Columns<T>& columns) {
        task_.start = kZeros<T>;
        task_.start_row = 0;
        if (!starts_)
            return;
        const Operand<T> start = tile_at<T>(program_.place(2), row, columns.first(), columns.in_last_vector());
        task_.start = start.start;
        task_.start_row = start.row;
        if (start.last == lanes<T>)
            return;
        task_.start = room_.start;
        task_.start_row = start.row == 0 ? 0 : columns.padded();
        for (std::int64_t i = 0; i < (start.row == 0 ? 1 : rows); ++i)
            copy_padded(room_.start + i * columns.padded(), start.start + i * start.row, columns);
    }

    // Where a finished group of tiles goes: straight to where the program would only copy it, or into its slot.
    // Returns whether the program has to run.
    bool set_result(std::int64_t row, std::int64_t rows, const Columns<T>& columns) {
        const Operand<T>* direct = program_.destination(row, rows, columns.first(), columns.count);
        if (direct != nullptr && direct->last == lanes<T>) {
            task_.result = direct->start;
            task_.result_row = direct->row;
            return false;
        }
        task_.result = program_.slot(0);
        return true;
    }

    const Work& work_;
    const int outer_, segment_axes_;
    const bool starts_;
    const std::int64_t rows_, columns_, steps_;
    std::int64_t all_steps_, blocks_ = 0;
    Range sum_{-1, -1};
    const Tensor &a_, &b_;
    const std::int64_t a_step_, b_step_;
    bool packs_, copies_; // B, A
    Room<T>& room_;
    TileTask<T> task_;
    const T* a_rows_;
    TileProgram<T> program_;
};

template <class T>
void multiply(const Work& work, const Context& context) {
    const int outer = static_cast<int>(work.options[product_option::outer]);
    const std::int64_t columns = work.extents[outer + 1];
    std::int64_t units = work.extents[outer] * pieces(columns, kWidth<T>);
    if (outer > 0)
        units *= product(work.extents, outer);
    if (units == 0 || columns == 0)
        return;
    Range share{0, units};
    if (context.threads > 1) {
        if (product(work.extents, work.axes) >= kAlone)
            share = {units * context.thread / context.threads, units * (context.thread + 1) / context.threads};
        else if (context.thread > 0)
            return;
    }
    if (share.size() > 0)
        Product<T>(work, context).run(share);
}

} // namespace

void matmul(const Work& work, Context& context) {
    if (work.lanes == Dtype::float64)
        multiply<double>(work, context);
    else
        multiply<float>(work, context);
}

} // namespace pellucid::PELLUCID_LEVEL
