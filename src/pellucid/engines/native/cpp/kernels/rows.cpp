// Programs of rows: softmax, cross-entropy, normalisation, and whatever else looks at whole rows.
//
// Rows are turned round when they are loaded, so that every lane of a vector belongs to another row. The sum of a row is
// then a sum of vectors, and an operation on columns is the same as in any other tile program. A slot holds either wide
// values (its rows are the columns of the tensor) or narrow ones (one row of it).
#include <algorithm>

#include "convert.h"
#include "grid.h"
#include "kernels.h"
#include "tile.h"
#include "turn.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

constexpr int kSlotBytes = 8192; // of a wide slot, if a vector of rows takes no more
constexpr int kMostVectors = 16; // of rows
constexpr int kFewColumns = 16;  // that all are looked at sooner than one is found by its number

// The numbers of the lanes.
template <class T>
const Vector<T> kLanes = count_up<Vector<T>>(std::make_integer_sequence<int, lanes<T>>{});

// One slot's columns: a vector of rows each, `pitch` numbers apart.
template <class T>
struct Columns {
    const T* start;
    std::int64_t pitch, count;
    Vector<T> operator[](std::int64_t column) const { return load(start + column * pitch); }
};

// In blocks, so that the error does not grow as the row does; in four sums side by side, so that no addition waits for
// the one before.
template <class T>
Vector<T> sum_of(Columns<T> columns) {
    constexpr std::int64_t block = 128;
    Vector<T> total = {};
    for (std::int64_t begin = 0; begin < columns.count; begin += block) {
        const std::int64_t end = std::min(begin + block, columns.count);
        Vector<T> sums[4] = {};
        std::int64_t column = begin;
        for (; column + 4 <= end; column += 4)
            for (int i = 0; i < 4; ++i)
                sums[i] += columns[column + i];
        switch (end - column) { // by constants, or the sums would lie in memory
        case 3: sums[2] += columns[column + 2]; [[fallthrough]];
        case 2: sums[1] += columns[column + 1]; [[fallthrough]];
        case 1: sums[0] += columns[column];
        }
        total += (sums[0] + sums[1]) + (sums[2] + sums[3]);
    }
    return total;
}

template <class T>
Vector<T> largest_of(Columns<T> columns) {
    Vector<T> largest = columns[0];
    for (std::int64_t column = 1; column < columns.count; ++column)
        largest = value_of<Code::maximum, T>(largest, columns[column], Vector<T>{});
    return largest;
}

// The column of the first of the largest numbers, or of the first NaN.
template <class T>
Vector<T> place_of_largest(Columns<T> columns) {
    Vector<T> largest = columns[0], place = {};
    for (std::int64_t column = 1; column < columns.count; ++column) {
        const Vector<T> number = columns[column];
        const auto better = (Mask<T>)(number > largest) | ((Mask<T>)(number != number) & (Mask<T>)(largest == largest));
        largest = choose<T>(better, number, largest);
        place = choose<T>(better, broadcast(static_cast<T>(column)), place);
    }
    return place;
}

// An index out of lanes; those that no array has become one of them.
template <class T>
std::int64_t index_of(T number) {
    if constexpr (std::is_floating_point_v<T>) {
        constexpr T limit = static_cast<T>(std::int64_t{1} << 62);
        if (!(number > -limit && number < limit))
            return INT64_MAX;
    }
    return static_cast<std::int64_t>(number);
}

// Rows that are worked on together, and how wide slots are laid out for them.
struct Blocks {
    std::int64_t count;
    int vectors;
};
template <class T>
Blocks cut(std::int64_t rows, std::int64_t columns) {
    int vectors = 1;
    if (columns < kSlotBytes / kBytes)
        vectors = std::min(kSlotBytes / (std::max(static_cast<int>(columns), 1) * kBytes), kMostVectors);
    const std::int64_t count = pieces(rows, vectors * lanes<T>);
    return {count, vectors_in<T>(count == 1 ? rows : pieces(rows, count))};
}

template <class T>
class RowProgram {
public:
    RowProgram(const Work& work, Context& context, int vectors)
        : work_(work), program_(*work.ready), context_(context), columns_(work.extents[work.axes - 1]),
          places_(work, context), registers_(program_, context, frame_) {
        const std::int64_t pitch = vectors * lanes<T>;
        std::byte* place = context.scratch;
        // Narrow values have memory of their own: an operation may put a wide one into the slot it reads a narrow one from.
        for_bits(program_.used, [&](int number) {
            const bool narrow = number >= kNarrowSlots;
            frame_.operands[number] = {reinterpret_cast<T*>(place), narrow ? 0 : pitch, lanes<T>, lanes<T>};
            place += TileProgram<T>::slot_bytes(narrow ? 1 : columns_, pitch);
        });
    }

    // Goes to a matrix of the outer axes, whose first row is `first_row` of all.
    void enter(const Index& index, std::int64_t first_row) {
        if (work_.axes > 2)
            places_.enter(index.data(), work_.axes - 2);
        first_row_ = first_row;
    }

    // Runs the program on some rows.
    void run(std::int64_t row, int rows) {
        frame_.vectors = vectors_in<T>(rows);
        const int variant = variant_of(frame_.vectors, false);
        for (int i = 0; i < work_.program_length; ++i) {
            const TileOp& op = work_.program[i];
            const Step& step = program_.steps[i];
            switch (op.code) {
            case Code::load: load_rows(places_[op.a - kTensor], step, op.wide, row, rows); break;
            case Code::store: store_rows(places_[op.to - kTensor], step, op.wide, row, rows); break;
            case Code::row_sum: reduce(step, sum_of<T>); break;
            case Code::row_max: reduce(step, largest_of<T>); break;
            case Code::row_argmax: reduce(step, place_of_largest<T>); break;
            case Code::pick: pick(step, row, rows); break;
            case Code::one_hot: mark(step); break;
            default: frame_.rows = op.wide ? columns_ : 1; run_step(frame_, step, variant);
            }
        }
    }

private:
    // Calls use(numbers, first column, columns) for each piece of the rows that has even strides: each panel, or all.
    template <class Use>
    void for_pieces(const Place& place, bool wide, std::int64_t row, Use use) {
        const std::int64_t columns = wide ? columns_ : 1;
        const std::int64_t piece =
            place.tensor->panels ? panel_width(place.tensor->dtype) : std::max<std::int64_t>(columns, 1);
        for (std::int64_t column = 0; column < columns; column += piece) {
            const Operand<T> tile = tile_at<T>(place, row, column, lanes<T>);
            // Turned round: the rows of the slot are the columns of the tensor.
            use(Strided{reinterpret_cast<std::byte*>(tile.start), place.tensor->dtype, place.column, tile.row}, column,
                std::min(piece, columns - column));
        }
    }

    // Whether whole quads can be turned: numbers lie side by side in every row.
    static bool in_quads(const Strided& numbers, std::int64_t columns) {
        return std::is_same_v<T, float> && numbers.dtype == Dtype::float32 && numbers.row == 1 && numbers.column != 0 &&
               columns > 1;
    }

    // Whether there is one number for each row, and they lie in memory as they do in a slot.
    bool is_narrow_copy(const Place& place, bool wide) const {
        return !wide && place.row == 1 && place.tensor->dtype == work_.lanes && !place.tensor->panels;
    }

    void load_rows(const Place& place, const Step& step, bool wide, std::int64_t row, int rows) {
        const Operand<T>& slot = frame_.operands[step.to];
        if (is_narrow_copy(place, wide)) {
            std::memcpy(slot.start, reinterpret_cast<const T*>(place.start) + row,
                        static_cast<std::size_t>(rows) * sizeof(T));
            return;
        }
        for_pieces(place, wide, row, [&](const Strided& from, std::int64_t column, std::int64_t columns) {
            T* to = slot.start + column * slot.row;
            if constexpr (std::is_same_v<T, float>)
                if (in_quads(from, columns)) {
                    const float* start = reinterpret_cast<const float*>(from.start);
                    for (int i = 0; i < rows; i += lanes<T>)
                        load_turned(to + i, slot.row,
                                    {start + i * from.column, from.column, std::min(rows - i, lanes<T>)}, columns);
                    return;
                }
            load_numbers(to, slot.row, from, columns, rows);
        });
    }
    void store_rows(const Place& place, const Step& step, bool wide, std::int64_t row, int rows) {
        const Operand<T>& slot = frame_.operands[step.a];
        if (is_narrow_copy(place, wide)) {
            std::memcpy(reinterpret_cast<T*>(place.start) + row, slot.start,
                        static_cast<std::size_t>(rows) * sizeof(T));
            return;
        }
        for_pieces(place, wide, row, [&](const Strided& to, std::int64_t column, std::int64_t columns) {
            const T* from = slot.start + column * slot.row;
            if constexpr (std::is_same_v<T, float>)
                if (in_quads(to, columns)) {
                    float* start = reinterpret_cast<float*>(to.start);
                    for (int i = 0; i < rows; i += lanes<T>)
                        store_turned({start + i * to.column, to.column, std::min(rows - i, lanes<T>)}, from + i,
                                     slot.row, columns);
                    return;
                }
            store_numbers(to, from, slot.row, columns, rows);
        });
    }

    template <class Reduce>
    void reduce(const Step& step, Reduce reduce) {
        const Operand<T>&from = frame_.operands[step.a], &to = frame_.operands[step.to];
        for (int i = 0; i < frame_.vectors; ++i)
            store(to.start + i * lanes<T>, reduce({from.start + i * from.step, from.row, columns_}));
    }

    void pick(const Step& step, std::int64_t row, int rows) {
        if constexpr (std::is_same_v<T, float>)
            if (columns_ <= kFewColumns && pick_among_few(step, rows))
                return;
        pick_one_by_one(step, row, rows);
    }

    // Looks at every column for all rows at once; what lies behind the last row does not matter. Returns whether all
    // labels are columns.
    bool pick_among_few(const Step& step, int rows) {
        const Operand<T>&from = frame_.operands[step.a], &to = frame_.operands[step.to];
        const Operand<T>& labels = frame_.operands[step.b];
        bool found = true;
        for (int i = 0; i < frame_.vectors; ++i) {
            const Vector<T> label = load(labels.start + i * labels.step);
            Vector<T> picked = {};
            Mask<T> here = {};
            for (std::int64_t column = 0; column < columns_; ++column) {
                const auto is = (Mask<T>)(label == broadcast(static_cast<T>(column)));
                picked = choose<T>(is, load(from.start + column * from.row + i * from.step), picked);
                here |= is;
            }
            store(to.start + i * lanes<T>, picked);
            found &= !math::any(~here & (Mask<T>)(kLanes<T> < broadcast(static_cast<T>(rows - i * lanes<T>))));
        }
        return found;
    }

    void pick_one_by_one(const Step& step, std::int64_t row, int rows) {
        const Operand<T>&from = frame_.operands[step.a], &to = frame_.operands[step.to];
        const Operand<T>& labels = frame_.operands[step.b];
        for (int i = 0; i < rows; ++i) {
            const std::int64_t index = index_of(labels.start[labels.step == 0 ? 0 : i]);
            const std::int64_t column = index < 0 ? index + columns_ : index;
            const bool there = column >= 0 && column < columns_;
            to.start[i] = there ? from.start[column * from.row + (from.step == 0 ? 0 : i)] : 0;
            if (!there && !context_.fault->found)
                *context_.fault = {true, work_.number, first_row_ + row + i, index, columns_};
        }
    }

    // Of each row, 1 in the column that it names.
    void mark(const Step& step) {
        const Operand<T>&labels = frame_.operands[step.a], &to = frame_.operands[step.to];
        for (int i = 0; i < frame_.vectors; ++i) {
            const Vector<T> label = load(labels.start + i * labels.step);
            for (std::int64_t column = 0; column < columns_; ++column)
                store(to.start + column * to.row + i * lanes<T>,
                      one_where<T>((Mask<T>)(label == broadcast(static_cast<T>(column)))));
        }
    }

    const Work& work_;
    const ReadyProgram& program_;
    Context& context_;
    const std::int64_t columns_;
    std::int64_t first_row_ = 0;
    Frame<T> frame_;
    Places places_;
    Registers<T> registers_;
};

template <class T>
void run_rows(const Work& work, Context& context) {
    const int outer = work.axes - 2;
    const std::int64_t rows_of_matrix = work.extents[outer], columns = work.extents[outer + 1];
    const std::int64_t matrices = product(work.extents, outer), all = matrices * rows_of_matrix;
    if (all == 0)
        return;
    const Blocks blocks = cut<T>(rows_of_matrix, columns);
    const Share share = share_of(matrices * blocks.count, all * columns, context);
    if (share.first == share.last)
        return;

    RowProgram<T> program(work, context, blocks.vectors);
    std::int64_t matrix = quotient(share.first, blocks.count);
    std::int64_t block = share.first - matrix * blocks.count;
    Index index(work, outer, matrix);
    program.enter(index, matrix * rows_of_matrix);
    const std::int64_t height = blocks.vectors * lanes<T>;
    for (std::int64_t left = share.last - share.first;;) {
        const std::int64_t row = block * height;
        program.run(row, static_cast<int>(std::min(height, rows_of_matrix - row)));
        if (--left == 0)
            return;
        if (++block == blocks.count) {
            block = 0;
            index.next();
            program.enter(index, ++matrix * rows_of_matrix);
        }
    }
}

} // namespace

void rows(const Work& work, Context& context) {
    PELLUCID_FOR_LANES(run_rows, work, context)
}

} // namespace pellucid::PELLUCID_LEVEL
