// What a kernel gets to see: one instruction with every size and address filled in.
//
// A Work is made from an instruction of the plan for one size of the batch ("resolved"). Everything in it has
// been checked; kernels trust it and check nothing but what hangs on the numbers themselves (indices).
#pragma once

#include <cstddef>
#include <cstdint>

#include "random.h"

namespace pellucid {

enum class Dtype : std::uint8_t { float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, uint64, boolean };

inline constexpr int kSizes[] = {4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 1}; // in bytes, by dtype

constexpr int size_of(Dtype dtype) {
    return kSizes[static_cast<int>(dtype)];
}

// What an instruction does. The axes (extents) of each, and the tensors that it needs before those of its
// program, are described here and nowhere else. "..." are any number of outer axes.
enum class Kind : std::uint8_t {
    // axes (..., rows, columns). Runs its program on every tile.
    elementwise,
    // axes (..., M, N, segments..., K); option 0: how many outer axes; option 1: how many segment axes; option 2:
    // what the sum starts from (0: zero, 1: tensor 2).
    // Tensors: A with strides over (..., M, N, segments..., K), where that of N is 0; B likewise, where that of M
    // is 0 and that of N is 1; the start over (..., M, N). The program runs on every finished tile of
    //     start + sum over segments and K of A * B
    // which it finds in slot 0.
    matmul,
    // axes (..., rows, columns). Runs its program on tiles that hold whole rows, turned round: lanes are rows.
    // Tensors are touched by load and store only. Wide values are (columns, rows), narrow ones (rows).
    rows,
    // axes (..., reduced, columns); option 0: a Reduction. Tensor 0: the source over all axes. The program
    // runs on tiles of one row of the result, which it finds in slot 0; its tensors have strides over
    // (..., reduced, columns), that of reduced being 0.
    reduce,
    // axes: those of tensor 0. Option 0: a Reduction; option 1: the register for the result.
    total,
    // axes: those of tensor 0, the destination; tensor 1: the source. Converts the dtype. Either may be in panels
    // (then the last axis is its columns, and its stride counts as described in Tensor).
    copy,
    // axes: those of tensor 0; option 0: the register with the number that is written everywhere.
    fill,
    // axes (..., N, K): tensor 0, the destination, with strides (..., K or rows of a panel, 1); tensor 1, the source,
    // read at [..., k, n]: strides over (..., N, K) with that of N being 1. Both may be in panels.
    transpose,
    // axes (labels, row): tensor 0 (destination), tensor 1 (table; the stride of labels is that of one row of the
    // table), tensor 2 (labels; the stride of row is 0). Option 0: how many rows the table has; an extent's value.
    gather,
    // axes (labels, row): tensor 0 (destination; the stride of labels is that of one row of it), zeroed first;
    // tensor 1 (what is added), tensor 2 (labels). Option 0: how many rows the destination has.
    scatter_add,
    // axes (numbers): tensor 0 (float32). Options: registers of the seed, of what that register lacks of the seed's
    // 64 bits, and of the step; number of the stream's name (number_of(name)), 31 ** len(name) below 2 ** 32, by
    // which the seed's upper half enters that number. Threefry-2x32-20, exactly as random_uniform of ops/formulas.py.
    random,
    // axes (examples, channels); option 0: a Pooling; then for each of three axes of space (those that an array does
    // not have come first, as 1 1 1 1 0): the size of the array that windows move over, how many places they have, the
    // size of a window, its stride, and how many places lie before the array. Tensors: the result, then the inputs as
    // the primitive has them, all in the dtype of the lanes; the stride of examples is one of them, in which space and
    // channels lie side by side. max_entries has a second result (uint8): which number of its window is the largest; in
    // max_put, this stands for the array that max_gradient looks at.
    pool,
    // No axes. Its program works on registers: operands are registers. `lanes` tells what a result is rounded to.
    scalars,
    // axes (1): register option 0 takes the number of tensor 0.
    load_register,
    // axes (1): the number of register option 0 goes to tensor 0.
    store_register,
    // axes (count): option 0: the loop; option 1: one past its last instruction; the body follows this
    // instruction. Option 2: 0 for one round after the other, all threads in each; 1 for chunks of the batch, rounds
    // shared out among the threads: then the axis is (batch), option 0 is loop 0, loop 1 counts partitions, option 3
    // says how many of them the chunks form, option 4 is the symbol that stands for the examples of the chunk, option
    // 5 how many a whole one has, option 6 the symbol of the batch.
    loop,
    count
};

enum class Reduction : std::int64_t { sum, mean, max, count_true };
enum class Pooling : std::int64_t { max, max_gradient, max_pick, average, average_gradient, max_entries, max_put };

// Which tensor of a pooling has the numbers of entries; -1: none.
constexpr int tensor_of_entries(Pooling pooling) {
    return pooling == Pooling::max_entries ? 1 : pooling == Pooling::max_put ? 2 : -1;
}
inline constexpr std::int64_t kEntries = 256; // of a window, at most

inline constexpr int kAxes = 10;    // of an instruction, at most
inline constexpr int kLoops = 6;    // one inside the other, at most; loop 0 is that over chunks
inline constexpr int kSlots = 16;   // of a tile program
inline constexpr int kProgram = 64; // operations of a program, at most
inline constexpr int kTensor = 16;  // operand codes: slots, then tensors, then registers
inline constexpr int kRegister = 64;
inline constexpr int kPhraseOperands = 12; // of a phrase, at most
inline constexpr int kTensors = 40;        // of an instruction, at most
inline constexpr int kOptions = 16;        // of an instruction, at most

struct Tensor {
    std::byte* base = nullptr;
    Dtype dtype = Dtype::float32;
    // From one number to the next along each axis of the instruction, counted in numbers. Of a tensor in panels:
    // counted in rows, all but the last, which is 1. Element (row, column) of panels lies at
    //     panel * width * panel_rows + row * w + column % width
    // with width = 2 vectors, panel = column / width, w = width but in the last panel, where it is the columns that
    // are left, rounded up to a whole vector.
    bool panels = false;
    std::int64_t panel_rows = 0;    // K: rows of the whole matrix
    std::int64_t panel_columns = 0; // N: its columns
    std::int64_t panel_start = 0;   // the row where it begins; base is that of the buffer
    std::int64_t strides[kAxes] = {};
    std::int64_t steps[kLoops] = {}; // added for each round of each loop (in rows, of panels)
    std::int64_t per_thread = 0;     // from the copy of one thread to that of the next, in bytes; 0: one for all
    bool moves = false;              // whether any of steps and per_thread is not 0
};

enum class Code : std::uint8_t {
    // moving
    copy,
    load,
    store,
    // arithmetic
    add,
    subtract,
    multiply,
    divide,
    negative,
    absolute,
    sign,
    floor,
    sqrt,
    power,
    square,
    maximum,
    minimum, // NaN wins, as in NumPy
    maximum_number,
    minimum_number,    // b is known not to be NaN
    multiply_add,      // a * b + c
    multiply_subtract, // a * b - c
    subtract_multiply, // c - a * b
    // functions
    exp,
    expm1,
    log,
    sin,
    cos,
    tanh,
    erf,
    sigmoid,
    softplus,
    // comparisons and logic: 1 or 0
    greater,
    greater_equal,
    equal,
    logical_and,
    logical_or,
    logical_not,
    truth,        // truth: a != 0
    select,       // a != 0 ? b : c
    mask_greater, // a > c ? b : 0
    // programs of rows only: from wide to narrow, and back
    row_sum,
    row_max,
    row_argmax,
    pick,    // pick: b[row] is the column, narrow
    one_hot, // wide: a[row] is the column, narrow
    // rounding to the lanes of another dtype inside a program of scalars
    count
};

// How many of a, b, c an operation reads.
constexpr int operands_of(Code code) {
    switch (code) {
    case Code::multiply_add:
    case Code::multiply_subtract:
    case Code::subtract_multiply:
    case Code::select:
    case Code::mask_greater: return 3;
    case Code::add:
    case Code::subtract:
    case Code::multiply:
    case Code::divide:
    case Code::power:
    case Code::maximum:
    case Code::minimum:
    case Code::maximum_number:
    case Code::minimum_number:
    case Code::greater:
    case Code::greater_equal:
    case Code::equal:
    case Code::logical_and:
    case Code::logical_or:
    case Code::pick: return 2;
    default: return 1;
    }
}

struct TileOp {
    Code code;
    bool wide = true;
    std::int16_t to = 0, a = 0, b = 0, c = 0;
};

struct Context;

// Where a matrix lies, and where its tiles do.
struct Place {
    std::byte* start;         // of the matrix; of a tensor in panels: of the whole buffer
    std::int64_t first_row;   // of the matrix in that buffer
    std::int64_t row, column; // strides
    const Tensor* tensor;
    int size; // of a number, in bytes

    Place() = default;
    // Of the first matrix, before any loop moves it; `axis` is that of rows, and that of columns follows it.
    Place(const Tensor& source, int axis)
        : start(source.base), first_row(source.panel_start), row(source.strides[axis]),
          column(source.strides[axis + 1]), tensor(&source), size(size_of(source.dtype)) {}
    Place(const Tensor& source, const Context& context, int axis) : Place(Place(source, axis).moved(context)) {}

    // The same for this thread, in this round of the loops around.
    Place moved(const Context& context) const;

    // The same for one matrix of the outer axes.
    Place entered(const std::int64_t* index, int outer) const {
        Place matrix = *this;
        std::int64_t numbers = 0;
        for (int axis = 0; axis < outer; ++axis)
            numbers += index[axis] * tensor->strides[axis];
        if (tensor->panels)
            matrix.first_row += numbers;
        else
            matrix.start += numbers * size;
        return matrix;
    }
};

// A program as kernels take it: what hangs on the plan alone, worked out once.
struct ReadyProgram {
    // An operation, or a phrase of several. Its operands are slots and tensors by their codes, and registers in the
    // order of `registers`, from kRegister.
    struct Step {
        const void* handlers; // in the order of the level's variants
        std::uint8_t to, a, b, c;
        std::uint8_t operands[kPhraseOperands]; // of a phrase
    };
    int length = 0;         // in steps
    std::uint64_t used = 0; // a bit for each slot and tensor in use
    int tensor_count = 0, register_count = 0;
    bool copies = false;   // whether all that it does is to copy slot 0 into a tensor
    bool unpadded = false; // whether a tensor is touched in place whose rows may end within a vector
    bool moves = false;    // whether a tensor does
    Place places[kTensors];
    std::uint8_t tensors[kTensors];
    std::uint16_t registers[3 * kProgram];
    Step steps[kProgram];
};

// An index that leads out of its array. The first one is kept. `row` counts the instruction's rows (all axes but the
// last, as one), from the beginning of the batch or chunk: the executor finds the example.
struct Fault {
    bool found = false;
    int instruction = 0;
    std::int64_t row = 0, index = 0, limit = 0;
};

struct Work {
    Kind kind;
    Dtype lanes = Dtype::float32;
    int number = 0; // of the instruction in the plan
    int axes = 0;
    std::int64_t extents[kAxes] = {};
    std::int64_t options[kOptions] = {};
    const Tensor* tensors = nullptr;
    int tensor_count = 0; // operand kTensor + i of the program is tensors[i]
    const TileOp* program = nullptr;
    int program_length = 0;
    const ReadyProgram* ready = nullptr; // the same program
    bool alone = true;
};

// What the options of a product mean: how many axes come before that of the rows, how many segment axes there are, and
// what a sum starts from. And where A is known to be zero: it has rows along an outer axis, in which the first segment
// moves on by `step`; those before `first`, and from `last` on, add nothing.
namespace product_option {
inline constexpr int outer = 0, segments = 1, start = 2;      // every product
inline constexpr int axis = 3, step = 4, first = 5, last = 6; // one that leaves out zeros: its step is 1 or more
inline constexpr int few = 3, all = 7;                        // how many options they have
inline constexpr std::int64_t from_zero = 0, from_tensor = 1; // tensor 2
inline constexpr std::int64_t adds_up = 2; // from tensor 2, but from zero in a partition's first chunk
} // namespace product_option

// What belongs to one thread while it runs a plan.
struct Context {
    int thread = 0, threads = 1;     // how the units of work are shared out; (0, 1) where it works on a chunk alone
    int copy = 0;                    // which copy of what every thread has one of (Tensor.per_thread): its own, always
    std::int64_t index[kLoops] = {}; // the present round of each loop
    double* registers = nullptr;
    std::byte* scratch = nullptr; // kScratch bytes, aligned to 64
    Fault* fault = nullptr;
    std::int64_t example = 0; // the first example of the batch or chunk that is worked on
    bool first_chunk = false; // whether the chunk is the first of its partition
};

inline constexpr std::size_t kScratch = 1 << 20;

// The most columns that a program of rows may have which uses so many slots: of whole rows, at least as many as a vector
// has lanes are kept in scratch memory. `vector` is Kernels.vector.
constexpr std::int64_t widest_row(int slots, int vector) {
    constexpr std::int64_t narrow = 1 << 15; // bytes for slots of one number a row
    return (static_cast<std::int64_t>(kScratch) - narrow) / (slots * vector * static_cast<int>(sizeof(float)));
}

// How far the rounds of the loops around have moved a tensor, in numbers (in rows, of panels).
inline std::int64_t steps_of(const Tensor& tensor, const Context& context) {
    std::int64_t numbers = 0;
    for (int loop = 0; loop < kLoops; ++loop)
        numbers += tensor.steps[loop] * context.index[loop];
    return numbers;
}

// Where a tensor begins for this thread in this round; panels: only the part that hangs on the thread.
template <class T>
inline T* start_of(const Tensor& tensor, const Context& context) {
    std::byte* base = tensor.base;
    if (tensor.moves) {
        const std::int64_t numbers = tensor.panels ? 0 : steps_of(tensor, context);
        base += context.copy * tensor.per_thread + numbers * static_cast<std::int64_t>(sizeof(T));
    }
    return reinterpret_cast<T*>(base);
}

inline Place Place::moved(const Context& context) const {
    Place place = *this;
    if (!tensor->moves)
        return place;
    const std::int64_t numbers = steps_of(*tensor, context);
    place.start += context.copy * tensor->per_thread;
    if (tensor->panels)
        place.first_row += numbers;
    else
        place.start += numbers * size;
    return place;
}

using Kernel = void (*)(const Work&, Context&);

// What a level offers: how many float32 fit into a vector, and a kernel for every kind that is one.
struct Kernels {
    int vector = 4;
    Kernel kernels[static_cast<int>(Kind::count)] = {};
    void (*make_ready)(const Work& work, ReadyProgram& ready) = nullptr;
    Shuffle shuffle = nullptr;
};

} // namespace pellucid
