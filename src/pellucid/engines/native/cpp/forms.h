// What instructions of every kind consist of, and what they read and write besides memory.
#pragma once

#include <algorithm>
#include <vector>

#include "plan.h"

namespace pellucid {

// What an instruction of a kind consists of.
struct Form {
    int least_axes, most_axes;
    int views; // before those of its program
    int options;
    bool has_program;
};

Form form_of(const Instruction& instruction);

struct Registers {
    std::vector<int> read, written;
};

// The options that are registers.
Registers registers_of_options(const Instruction& instruction);

// Calls use(operand) for what an operation reads.
template <class Use>
void for_operands(const TileOp& op, Use use) {
    const int count = operands_of(op.code);
    use(op.a);
    if (count > 1)
        use(op.b);
    if (count > 2)
        use(op.c);
}

// In the order in which they happen, but that an instruction's options come first.
template <class Read, class Write>
void for_registers(const Instruction& instruction, Read read, Write write) {
    const Registers options = registers_of_options(instruction);
    std::ranges::for_each(options.read, read);
    std::ranges::for_each(options.written, write);
    for (const TileOp& op : instruction.program) {
        for_operands(op, [&](int operand) {
            if (operand >= kRegister)
                read(operand - kRegister);
        });
        if (op.to >= kRegister)
            write(op.to - kRegister);
    }
}

} // namespace pellucid
