// What must hold in a plan whatever its sizes are: it is asked once, when a program is made.
#pragma once

#include "plan.h"
#include "refuse.h"

namespace pellucid {

// Throws std::invalid_argument, with the number and kind of the instruction, where a plan is not in order: a fault of
// the planner. After it, every number of a plan that counts something (buffers, registers, slots, loops,
// instructions, options) is one that exists, and loops nest. Sizes are the matter of resolve.h.
void check(const Plan& plan);

// Puts "instruction 3 (matmul): " before what is thrown inside of `work`.
template <class Work>
void at_instruction(const Plan& plan, int number, Work work) {
    try {
        work();
    } catch (const std::invalid_argument& error) {
        refuse("instruction ", number, " (", name_of(plan.instructions[number].kind), "): ", error.what());
    }
}

} // namespace pellucid
