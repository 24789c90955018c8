// Phrases: operations that often follow on each other, done as one. What one gives the next stays in the processor's
// registers, and the slow ones (divide, sqrt) are under way while others run. They give the same bits as one operation
// after the other, so a program can do without any of them.
#pragma once

#include "tile.h"

namespace pellucid::PELLUCID_LEVEL {

struct FoundPhrase {
    int length = 0; // in operations; 0: there is none
    const void* handlers = nullptr;
    int operand_count = 0;
    std::int16_t operands[kPhraseOperands]; // by their codes, in the order in which the phrase meets them
};

// The phrase that a program of float32 has at operation number `first`.
FoundPhrase find_phrase(const TileOp* program, int length, int first);

} // namespace pellucid::PELLUCID_LEVEL
