#include "phrases.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "parts.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

// ------------------------------------------------------------ as planner and program writer give them
// Which slots, tensors and registers they are does not matter, only which of them are the same.
constexpr std::int16_t slot(int number) {
    return static_cast<std::int16_t>(number);
}
constexpr std::int16_t tensor(int number) {
    return static_cast<std::int16_t>(kTensor + number);
}
constexpr std::int16_t number(int register_number) {
    return static_cast<std::int16_t>(kRegister + register_number);
}

constexpr std::array kAdam{
    // slot 0: the gradient; tensors: m, v, the weights; numbers: 1 - beta_1, 1 - beta_2, the rate, epsilon
    TileOp{Code::subtract, true, slot(1), slot(0), tensor(0)},
    TileOp{Code::multiply_add, true, tensor(0), number(0), slot(1), tensor(0)},
    TileOp{Code::multiply, true, slot(1), number(2), tensor(0)},
    TileOp{Code::multiply_subtract, true, slot(0), slot(0), slot(0), tensor(1)},
    TileOp{Code::multiply_add, true, tensor(1), number(1), slot(0), tensor(1)},
    TileOp{Code::sqrt, true, slot(0), tensor(1)},
    TileOp{Code::add, true, slot(0), slot(0), number(3)},
    TileOp{Code::divide, true, slot(0), slot(1), slot(0)},
    TileOp{Code::subtract, true, tensor(2), tensor(2), slot(0)},
};
constexpr std::array kRmsprop{
    // slot 0: the gradient; tensors: the mean of its squares, the weights; numbers: the rate, 1 - rho, rho, epsilon
    TileOp{Code::multiply, true, slot(1), number(0), slot(0)},
    TileOp{Code::square, true, slot(0), slot(0)},
    TileOp{Code::multiply, true, slot(0), number(1), slot(0)},
    TileOp{Code::multiply_add, true, tensor(0), number(2), tensor(0), slot(0)},
    TileOp{Code::add, true, slot(0), tensor(0), number(3)},
    TileOp{Code::sqrt, true, slot(0), slot(0)},
    TileOp{Code::divide, true, slot(0), slot(1), slot(0)},
    TileOp{Code::subtract, true, tensor(1), tensor(1), slot(0)},
};
constexpr std::array kTanhGradient{
    // slot 0: the gradient; tensors: tanh, the result; number: 1
    TileOp{Code::subtract_multiply, true, slot(1), tensor(0), tensor(0), number(0)},
    TileOp{Code::multiply, true, tensor(1), slot(0), slot(1)},
};
constexpr std::array kSigmoidGradient{
    // slot 0: the gradient; tensors: sigmoid, the result; number: 1
    TileOp{Code::multiply, true, slot(0), slot(0), tensor(0)},
    TileOp{Code::subtract, true, slot(1), number(0), tensor(0)},
    TileOp{Code::multiply, true, tensor(1), slot(0), slot(1)},
};

// ------------------------------------------------------------ their form
// Operations whose operands are numbered in the order in which they are met: in each, what it reads comes first.
struct Form {
    int count = 0; // of operands
    std::int16_t operands[4 * kProgram] = {};
    struct Line {
        int a = 0, b = 0, c = 0, to = 0;
    } lines[kProgram] = {};

    constexpr int meet(std::int16_t operand) {
        for (int i = 0; i < count; ++i)
            if (operands[i] == operand)
                return i;
        operands[count] = operand;
        return count++;
    }
};
constexpr Form form_of(const TileOp* ops, std::size_t length) {
    Form form;
    for (std::size_t i = 0; i < length; ++i) {
        const int reads = operands_of(ops[i].code);
        auto& line = form.lines[i];
        line.a = line.b = line.c = form.meet(ops[i].a);
        if (reads > 1)
            line.b = form.meet(ops[i].b);
        if (reads > 2)
            line.c = form.meet(ops[i].c);
        line.to = form.meet(ops[i].to);
    }
    return form;
}

constexpr bool is_slot(std::int16_t operand) {
    return operand < kTensor;
}
constexpr bool is_register(std::int16_t operand) {
    return operand >= kRegister;
}

// ------------------------------------------------------------ running them
// In which of some lines or operations an operand is read before any has written it; -1: in none. What one does not
// have is its first operand once more.
template <class Line>
constexpr int read_first_in(const Line* lines, std::ptrdiff_t count, int operand) {
    for (int i = 0; i < count; ++i) {
        const Line& line = lines[i];
        if (line.a == operand || line.b == operand || line.c == operand)
            return i;
        if (line.to == operand)
            return -1;
    }
    return -1;
}

template <const auto& phrase>
constexpr Form kForm = form_of(phrase.data(), phrase.size());

// How a vector of an operand is touched: all of it, the last one of a row, or that of several rows with so many numbers.
struct Whole {
    static Vector<float> load(const float* from, const Operand<float>&) { return PELLUCID_LEVEL::load(from); }
    static void store(float* to, Vector<float> value, const Operand<float>&) { PELLUCID_LEVEL::store(to, value); }
};
struct Last {
    static Vector<float> load(const float* from, const Operand<float>& place) { return load_last(from, place.last); }
    static void store(float* to, Vector<float> value, const Operand<float>& place) {
        store_last(to, value, place.last);
    }
};
template <int numbers>
struct Parts {
    static Vector<float> load(const float* from, const Operand<float>& place) {
        return load_parts<numbers>(from, place.row);
    }
    static void store(float* to, Vector<float> value, const Operand<float>& place) {
        store_parts<numbers>(to, place.row, value);
    }
};

// The operands on one row, and the values of one vector of them.
template <const auto& phrase>
struct Row {
    static constexpr const Form& form = kForm<phrase>;
    Operand<float> places[form.count];
    Vector<float> values[form.count];

    PELLUCID_INLINE_MEMBER Row(const Frame<float>& frame, const Step& step) {
#pragma GCC unroll 16
        for (int i = 0; i < form.count; ++i) {
            places[i] = frame.operands[step.operands[i]];
            if (is_register(form.operands[i]))
                values[i] = load(places[i].start);
        }
    }
    PELLUCID_INLINE_MEMBER void advance(std::int64_t rows) {
#pragma GCC unroll 16
        for (int i = 0; i < form.count; ++i)
            if (!is_register(form.operands[i]))
                places[i].start += rows * places[i].row;
    }

    // Does line number i for a vector of the row.
    template <std::size_t i, class Access>
    PELLUCID_INLINE_MEMBER void read(int operand, std::int64_t vector) {
        if (is_register(form.operands[operand]) ||
            read_first_in(form.lines, phrase.size(), operand) != static_cast<int>(i))
            return;
        const Operand<float>& place = places[operand];
        values[operand] = Access::load(place.start + vector * lanes<float>, place);
    }
    template <std::size_t i, class Access>
    PELLUCID_INLINE_MEMBER void run_line(std::int64_t vector) {
        constexpr auto line = form.lines[i];
        read<i, Access>(line.a, vector);
        if (line.b != line.a)
            read<i, Access>(line.b, vector);
        if (line.c != line.b && line.c != line.a)
            read<i, Access>(line.c, vector);
        values[line.to] =
            settled<float>(value_of<phrase[i].code, float>(values[line.a], values[line.b], values[line.c]));
        if (is_slot(form.operands[line.to]))
            return;
        const Operand<float>& place = places[line.to];
        Access::store(place.start + vector * lanes<float>, values[line.to], place);
    }
    template <class Access, std::size_t... i>
    PELLUCID_INLINE_MEMBER void run(std::int64_t vector, std::index_sequence<i...>) {
        (run_line<i, Access>(vector), ...);
    }
    template <class Access>
    PELLUCID_INLINE_MEMBER void run(std::int64_t vector) {
        run<Access>(vector, std::make_index_sequence<phrase.size()>{});
    }

    // Rows of a few numbers go several at a time. Returns how many rows are left.
    template <int numbers, bool ragged>
    PELLUCID_INLINE_MEMBER std::int64_t run_together(int columns, std::int64_t left) {
        constexpr int rows = lanes<float> / numbers;
        if constexpr (rows > 1)
            if (columns == numbers || (!ragged && columns < numbers)) // vectors are whole, behind the columns
                for (; left >= rows; left -= rows, advance(rows))
                    run<Parts<numbers>>(0);
        return left;
    }
};

template <const auto& phrase, bool ragged>
void run_phrase(const Frame<float>& frame, const Step& step) {
    const int whole = ragged ? frame.vectors - 1 : frame.vectors;
    Row<phrase> row(frame, step);
    std::int64_t left = row.template run_together<4, ragged>(frame.columns, frame.rows);
    left = row.template run_together<8, ragged>(frame.columns, left);
    for (; left > 0; --left, row.advance(1)) {
        for (std::int64_t vector = 0; vector < whole; ++vector)
            row.template run<Whole>(vector);
        if (ragged)
            row.template run<Last>(whole);
    }
}

// ------------------------------------------------------------ finding them
template <const auto& phrase>
constexpr Handlers<float> kHandlers{run_phrase<phrase, false>, run_phrase<phrase, false>, run_phrase<phrase, false>,
                                    run_phrase<phrase, true>,  run_phrase<phrase, true>,  run_phrase<phrase, true>};

// Whether the operations of two forms are the same.
bool agree(const Form& one, const Form& other, std::size_t length) {
    const auto kinds = [](std::int16_t a, std::int16_t b) {
        return is_slot(a) == is_slot(b) && is_register(a) == is_register(b);
    };
    const auto lines = [](const Form::Line& a, const Form::Line& b) {
        return std::tie(a.a, a.b, a.c, a.to) == std::tie(b.a, b.b, b.c, b.to);
    };
    return one.count == other.count && std::equal(one.operands, one.operands + one.count, other.operands, kinds) &&
           std::equal(one.lines, one.lines + length, other.lines, lines);
}

// What a phrase leaves in slots is in none of them afterwards.
template <const auto& phrase>
bool find(const TileOp* op, const TileOp* end, FoundPhrase& found) {
    constexpr int length = static_cast<int>(phrase.size());
    const auto codes = [](const TileOp& a, const TileOp& b) { return a.code == b.code; };
    if (end - op < length || !std::equal(phrase.begin(), phrase.end(), op, codes))
        return false;
    const Form form = form_of(op, phrase.size());
    if (!agree(form, kForm<phrase>, phrase.size()))
        return false;
    for (const TileOp* line = op; line != op + length; ++line)
        if (is_slot(line->to) && read_first_in(op + length, end - op - length, line->to) >= 0)
            return false;
    found = {length, &kHandlers<phrase>, form.count, {}};
    std::copy(form.operands, form.operands + form.count, found.operands);
    return true;
}

template <const auto&... phrase>
FoundPhrase find_any(const TileOp* op, const TileOp* end) {
    static_assert(((kForm<phrase>.count <= kPhraseOperands) && ...));
    FoundPhrase found;
    static_cast<void>((find<phrase>(op, end, found) || ...));
    return found;
}

} // namespace

FoundPhrase find_phrase(const TileOp* program, int length, int first) {
    return find_any<kAdam, kRmsprop, kTanhGradient, kSigmoidGradient>(program + first, program + length);
}

} // namespace pellucid::PELLUCID_LEVEL
