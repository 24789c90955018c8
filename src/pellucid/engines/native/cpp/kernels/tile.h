// Tile programs: what happens to a tile of a result while it lies in the first-level cache.
//
// A tile is some rows by some columns. A program is a list of operations, each of them done for the whole tile
// before the next one begins. Its operands are slots (tiles in scratch memory), tensors, which are read and written
// where they lie, and registers. To an operation they are all alike: a place, a way to the next row, and a way to the
// next vector of the row. A bias has no way to the next row, a register has neither.
//
// A kernel makes a TileProgram when it is called, and runs it on one tile after the other:
//
//     TileProgram<float> program(work, context, outer, rows, columns);  // the largest tile there will be
//     program.enter(index);                                             // a matrix: one number for each outer axis
//     ... write the tile into program.slot(0), rows slot_row<float>(tile_columns) numbers apart ...
//     program.run(row, tile_rows, column, tile_columns);
//
// `outer` axes of the instruction come before that of rows, which is followed by that of columns. Tiles of a program
// that touches tensors in panels must not cross from one panel into the next.
#pragma once

#include <algorithm>
#include <array>

#include "operations.h"

namespace pellucid::PELLUCID_LEVEL {

template <class T>
struct Operand {
    T* start;
    std::int64_t row;  // from one row to the next, in numbers
    std::int32_t step; // from one vector to the next: a vector, or nothing
    std::int32_t last; // how many numbers of a row's last vector there are; beyond them lies what belongs to others
};

// Operands by number: slots and tensors have those of the program, registers follow in the order of their use.
inline constexpr int kOperands = kRegister + 3 * kProgram;

// Of programs of rows, narrow slots have the numbers of tensors, which operations of rows do not touch.
inline constexpr int kNarrowSlots = kTensor;

// The tile that operations work on.
template <class T>
struct Frame {
    std::int64_t rows;
    int vectors;           // in a row
    int columns;           // numbers in a row
    int axis;              // that of columns, and
    const Tensor* tensors; // what load and store have to know of their tensors
    Operand<T> operands[kOperands];
};

using Step = ReadyProgram::Step;
template <class T>
using Handler = void (*)(const Frame<T>&, const Step&);

// One handler for rows of one vector, one for two, one for any number; and again for rows whose last vector is not
// whole in some tensor.
inline constexpr int kVariants = 6;
PELLUCID_INLINE int variant_of(int vectors, bool ragged) {
    return (vectors < 3 ? vectors - 1 : 2) + (ragged ? 3 : 0);
}

template <class T>
using Handlers = std::array<Handler<T>, kVariants>;

// Runs one operation of a program.
template <class T>
PELLUCID_INLINE void run_step(const Frame<T>& frame, const Step& step, int variant) {
    static_cast<const Handler<T>*>(step.handlers)[variant](frame, step);
}

template <class T>
constexpr int vectors_in(std::int64_t columns) {
    return static_cast<int>((columns + lanes<T> - 1) / lanes<T>);
}

// From one row of a slot to the next, for tiles of so many columns.
template <class T>
constexpr int slot_row(std::int64_t columns) {
    return vectors_in<T>(columns) * lanes<T>;
}

// The last vector of a row, of which `count` numbers may be touched.
template <class T>
PELLUCID_INLINE Vector<T> load_last(const T* from, int count) {
#if !defined(__AVX2__)
    if (count == lanes<T>)
        return load(from);
#endif
    return load_first(from, count);
}
template <class T>
PELLUCID_INLINE void store_last(T* to, Vector<T> value, int count) {
#if !defined(__AVX512F__)
    if (count == lanes<T>)
        return store(to, value);
#endif
    store_first(to, value, count);
}

// How many columns a panel of a dtype holds, float32 or float64.
constexpr int panel_width(Dtype dtype) {
    return dtype == Dtype::float64 ? 2 * lanes<double> : 2 * lanes<float>;
}

// Notes where the tensors of a work lie.
void find_places(const Work& work, ReadyProgram& ready);

// Where the tensors of a work lie, for this thread, in this round of the loops around, in one matrix of the outer axes.
class Places {
public:
    Places(const Work& work, const Context& context) : ready_(*work.ready), count_(work.tensor_count) {
        if (!ready_.moves)
            return;
        for (int i = 0; i < count_; ++i)
            moved_[i] = ready_.places[i].moved(context);
        present_ = whole_ = moved_;
    }
    // Points into itself.
    Places(const Places&) = delete;
    Places& operator=(const Places&) = delete;

    // Goes to a matrix. Without outer axes there is no need to.
    void enter(const std::int64_t* index, int outer) {
        present_ = whole_;
        if (std::all_of(index, index + outer, [](std::int64_t place) { return place == 0; }))
            return;
        for (int i = 0; i < count_; ++i)
            entered_[i] = whole_[i].entered(index, outer);
        present_ = entered_;
    }

    const Place& operator[](int tensor) const { return present_[tensor]; }

private:
    const ReadyProgram& ready_;
    const int count_;
    const Place *whole_ = ready_.places, *present_ = whole_;
    Place moved_[kTensors], entered_[kTensors];
};

// Where the tile lies whose first number is at (row, column); it has `last` numbers in the last vector of its rows.
template <class T>
PELLUCID_INLINE Operand<T> tile_at(const Place& place, std::int64_t row, std::int64_t column, int last) {
    if (!place.tensor->panels) {
        std::byte* start = place.start + (row * place.row + column * place.column) * place.size;
        return {reinterpret_cast<T*>(start), place.row, lanes<T>, last};
    }
    const Tensor& tensor = *place.tensor;
    const std::int64_t vector = place.size == 8 ? lanes<double> : lanes<float>, width = 2 * vector;
    const std::int64_t panel = column & -width; // its first column
    const std::int64_t left = (tensor.panel_columns - panel + vector - 1) & -vector;
    const std::int64_t wide = left < width ? left : width;
    const std::int64_t number =
        panel * tensor.panel_rows + (place.first_row + row * place.row) * wide + (column - panel);
    // Panels are padded: their last vectors are whole.
    return {reinterpret_cast<T*>(place.start + number * place.size), place.row * wide, lanes<T>, lanes<T>};
}

// Registers as operands: a vector each that has the number in every lane.
template <class T>
class Registers {
public:
    Registers(const ReadyProgram& program, const Context& context, Frame<T>& frame) {
        for (int i = 0; i < program.register_count; ++i) {
            T* vector = vectors_ + i * lanes<T>;
            store(vector, broadcast(static_cast<T>(context.registers[program.registers[i]])));
            frame.operands[kRegister + i] = {vector, 0, 0, lanes<T>};
        }
    }
    Registers(const Registers&) = delete;
    Registers& operator=(const Registers&) = delete;

private:
    alignas(64) T vectors_[3 * kProgram * lanes<T>];
};

// Calls use(number) for every bit that is set.
template <class Use>
PELLUCID_INLINE void for_bits(std::uint64_t bits, Use use) {
    for (; bits != 0; bits &= bits - 1)
        use(__builtin_ctzll(bits));
}

template <class T>
class TileProgram {
public:
    // For tiles of up to so many rows and columns. The first `reserved` bytes (a multiple of 64) of the scratch
    // memory stay the kernel's own.
    TileProgram(const Work& work, const Context& context, int outer, std::int64_t rows, std::int64_t columns,
                std::size_t reserved = 0)
        : program_(*work.ready), outer_(outer), places_(work, context), registers_(program_, context, frame_) {
        frame_.tensors = work.tensors;
        frame_.axis = outer + 1;
        frame_.vectors = 0;
        std::byte* place = context.scratch + reserved;
        for_bits(slots(), [&](int slot) {
            frame_.operands[slot] = {reinterpret_cast<T*>(place), 0, lanes<T>, lanes<T>};
            place += slot_bytes(rows, columns);
        });
    }

    // What a slot takes, in bytes.
    static constexpr std::int64_t slot_bytes(std::int64_t rows, std::int64_t columns) {
        const std::int64_t bytes = rows * slot_row<T>(columns) * static_cast<std::int64_t>(sizeof(T));
        // Slots of 4096 bytes would follow on each other at distances that the processor takes for none at first.
        return (bytes + 63) / 64 * 64 + 128;
    }

    // Points into itself.
    TileProgram(const TileProgram&) = delete;
    TileProgram& operator=(const TileProgram&) = delete;

    // Goes to a matrix of the outer axes. Without such axes there is no need to.
    void enter(const std::int64_t* index) { places_.enter(index, outer_); }

    // Where a tensor of the work lies in the present matrix.
    const Place& place(int tensor) const { return places_[tensor]; }

    // Aligned to 64 bytes. Only slot 0 and those that the program uses are there.
    T* slot(int number) { return frame_.operands[number].start; }

    // Runs the program on the tile that begins at (row, column).
    void run(std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
        locate(row, rows, column, columns);
        const int variant = variant_of(frame_.vectors, program_.unpadded && columns % lanes<T> != 0);
        for (int i = 0; i < program_.length; ++i)
            run_step(frame_, program_.steps[i], variant);
    }

    // Where a tile in slot 0 ends up if the program does nothing but copy it into a tensor; else null. A kernel
    // may then write there itself and leave the program alone.
    const Operand<T>* destination(std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
        if (!program_.copies)
            return nullptr;
        locate(row, rows, column, columns);
        return &frame_.operands[program_.steps[0].to];
    }

private:
    // Those in use; slot 0 is there for the kernel.
    std::uint64_t slots() const { return (program_.used & ((1u << kSlots) - 1)) | 1; }

    void locate(std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
        const int vectors = vectors_in<T>(columns);
        const int last = static_cast<int>(columns) - (vectors - 1) * lanes<T>;
        frame_.rows = rows;
        frame_.columns = static_cast<int>(columns);
        if (vectors != frame_.vectors) {
            frame_.vectors = vectors;
            for_bits(slots(), [&](int slot) { frame_.operands[slot].row = vectors * lanes<T>; });
        }
        for (int i = 0; i < program_.tensor_count; ++i) {
            const int tensor = program_.tensors[i];
            frame_.operands[kTensor + tensor] = tile_at<T>(places_[tensor], row, column, last);
        }
    }

    const ReadyProgram& program_;
    const int outer_;
    // Set as far as the program needs them: the arrays are long, programs are short.
    Frame<T> frame_;
    Places places_;
    Registers<T> registers_;
};

} // namespace pellucid::PELLUCID_LEVEL
