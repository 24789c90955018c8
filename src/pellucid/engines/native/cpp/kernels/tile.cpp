#include "tile.h"

#include <algorithm>
#include <utility>

#include "convert.h"
#include "grid.h"
#include "kernels.h"
#include "phrases.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

// ------------------------------------------------------------ one operation on one tile
// `count` is how many vectors a row has, 0 for any number; ragged: whether one that ends within a vector may be among
// the operands.
template <class T, Code code, int count, bool ragged>
void work_on(const Frame<T>& frame, const Step& step) {
    constexpr int operands = operands_of(code);
    const Operand<T> to = frame.operands[step.to], a = frame.operands[step.a];
    const Operand<T> b = operands > 1 ? frame.operands[step.b] : a;
    const Operand<T> c = operands > 2 ? frame.operands[step.c] : a;
    const int vectors = count != 0 ? count : frame.vectors;
    const int whole = ragged ? vectors - 1 : vectors;
    T* t = to.start;
    const T *x = a.start, *y = b.start, *z = c.start;
    for (std::int64_t row = frame.rows; row > 0; --row) {
        for (std::int64_t i = 0; i < whole; ++i)
            store(t + i * lanes<T>,
                  value_of<code, T>(load(x + i * a.step), load(y + i * b.step), load(z + i * c.step)));
        if constexpr (ragged)
            store_last<T>(t + whole * lanes<T>,
                          value_of<code, T>(load_last(x + whole * a.step, a.last),
                                            load_last(y + whole * b.step, b.last),
                                            load_last(z + whole * c.step, c.last)),
                          to.last);
        t += to.row;
        x += a.row;
        y += b.row;
        z += c.row;
    }
}

template <class T>
Strided strided(const Frame<T>& frame, int operand) {
    const Tensor& tensor = frame.tensors[operand - kTensor];
    const Operand<T>& place = frame.operands[operand];
    return {reinterpret_cast<std::byte*>(place.start), tensor.dtype, place.row, tensor.strides[frame.axis]};
}
template <class T>
void load_tile(const Frame<T>& frame, const Step& step) {
    const Operand<T>& slot = frame.operands[step.to];
    load_numbers(slot.start, slot.row, strided(frame, step.a), frame.rows, frame.columns);
}
template <class T>
void store_tile(const Frame<T>& frame, const Step& step) {
    const Operand<T>& slot = frame.operands[step.a];
    store_numbers(strided(frame, step.to), slot.start, slot.row, frame.rows, frame.columns);
}

// ------------------------------------------------------------ all of them
template <class T, Code code>
constexpr Handlers<T> variants() {
    if constexpr (is_of_rows(code) || (std::is_integral_v<T> && needs_fractions(code)))
        return {};
    else if constexpr (code == Code::load || code == Code::store) {
        constexpr Handler<T> any = code == Code::load ? load_tile<T> : store_tile<T>;
        return {any, any, any, any, any, any};
    } else if constexpr (std::is_same_v<T, float> && !is_function(code))
        return {work_on<T, code, 1, false>, work_on<T, code, 2, false>, work_on<T, code, 0, false>,
                work_on<T, code, 1, true>,  work_on<T, code, 2, true>,  work_on<T, code, 0, true>};
    else { // what a loop costs is little beside the rest
        constexpr Handler<T> whole = work_on<T, code, 0, false>, ragged = work_on<T, code, 0, true>;
        return {whole, whole, whole, ragged, ragged, ragged};
    }
}

template <class T, std::size_t... code>
constexpr std::array<Handlers<T>, sizeof...(code)> all(std::index_sequence<code...>) {
    return {variants<T, static_cast<Code>(code)>()...};
}
template <class T>
constexpr auto table = all<T>(std::make_index_sequence<static_cast<std::size_t>(Code::count)>{});

// ------------------------------------------------------------ programs made ready
// Whether what an operation of rows gives is wide.
bool is_wide(const TileOp& op) {
    return op.code == Code::one_hot || (op.wide && !is_of_rows(op.code));
}

// Gives the operands of a program their numbers.
class Numbering {
public:
    Numbering(const Work& work, ReadyProgram& ready) : work_(work), ready_(ready) {}

    std::uint8_t number(int operand, bool converts) {
        if (operand >= kRegister)
            return number_of_register(static_cast<std::uint16_t>(operand - kRegister));
        if (operand >= kTensor) {
            ready_.unpadded |= !converts && !work_.tensors[operand - kTensor].panels;
            if (work_.kind == Kind::rows)
                return static_cast<std::uint8_t>(operand); // its kernel loads and stores them itself
            if (!(ready_.used >> operand & 1))
                ready_.tensors[ready_.tensor_count++] = static_cast<std::uint8_t>(operand - kTensor);
        } else if (work_.kind == Kind::rows && !(wide_ >> operand & 1)) {
            operand += kNarrowSlots;
        }
        ready_.used |= std::uint64_t{1} << operand;
        return static_cast<std::uint8_t>(operand);
    }
    // Takes note that a slot has a new value.
    void set_wide(int slot, bool wide) {
        const std::uint32_t bit = 1u << slot;
        wide_ = wide ? wide_ | bit : wide_ & ~bit;
    }

private:
    std::uint8_t number_of_register(std::uint16_t number) {
        const auto end = ready_.registers + ready_.register_count;
        const auto found = std::find(ready_.registers, end, number);
        if (found == end) {
            *end = number;
            ++ready_.register_count;
        }
        return static_cast<std::uint8_t>(kRegister + (found - ready_.registers));
    }

    const Work& work_;
    ReadyProgram& ready_;
    std::uint32_t wide_ = 0; // a bit for each slot whose value is wide at present
};

template <class T>
void fill_in(const Work& work, ReadyProgram& ready) {
    Numbering numbering(work, ready);
    const auto take_operation = [&](const TileOp& op, Step& step) {
        const int count = operands_of(op.code);
        const bool converts = op.code == Code::load || op.code == Code::store;
        step.handlers = table<T>[static_cast<std::size_t>(op.code)].data();
        step.a = numbering.number(op.a, converts);
        if (count > 1)
            step.b = numbering.number(op.b, false);
        if (count > 2)
            step.c = numbering.number(op.c, false);
        if (op.to < kTensor)
            numbering.set_wide(op.to, is_wide(op));
        step.to = numbering.number(op.to, converts);
    };
    for (int i = 0; i < work.program_length;) {
        Step& step = ready.steps[ready.length++] = {};
        FoundPhrase phrase;
        if (std::is_same_v<T, float> && work.kind != Kind::rows)
            phrase = find_phrase(work.program, work.program_length, i);
        if (phrase.length == 0) {
            take_operation(work.program[i++], step);
            continue;
        }
        step.handlers = phrase.handlers;
        for (int k = 0; k < phrase.operand_count; ++k)
            step.operands[k] = numbering.number(phrase.operands[k], false);
        i += phrase.length;
    }
    find_places(work, ready);
    const TileOp& first = work.program[0];
    ready.copies = work.program_length == 1 && first.code == Code::copy && first.a == 0 && first.to >= kTensor;
}

} // namespace

void find_places(const Work& work, ReadyProgram& ready) {
    const int rows = work.kind == Kind::matmul ? static_cast<int>(work.options[0]) : work.axes - 2; // that axis
    for (int i = 0; i < work.tensor_count; ++i) {
        ready.places[i] = Place(work.tensors[i], rows);
        ready.moves |= work.tensors[i].moves;
    }
}

void make_ready(const Work& work, ReadyProgram& ready) {
    PELLUCID_FOR_LANES(fill_in, work, ready)
}

} // namespace pellucid::PELLUCID_LEVEL
