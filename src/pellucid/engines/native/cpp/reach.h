// How far the views of an instruction reach into their buffers.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "plan.h"

namespace pellucid {

// Arithmetic on sizes: std::invalid_argument where a result does not fit into 64 bits.
std::int64_t sum(std::int64_t a, std::int64_t b);
std::int64_t product(std::int64_t a, std::int64_t b);
std::int64_t value_of(const Extent& extent, std::span<const std::int64_t> sizes);

// The rounds of a loop in which something runs.
struct Rounds {
    std::int64_t first = 0, last = 0;
};

// Throws std::invalid_argument if an instruction may touch a number of a buffer that does not exist, or needs strides
// of a tensor that are others.
//
// Args:
//     work: with its extents and all of its tensors.
//     number: which of its tensors.
//     offset: where the tensor begins in its buffer: numbers, or rows of panels.
//     rounds: those of the loops around.
//     buffer: its number, for the message.
void check_reach(const Work& work, int number, const Tensor& tensor, std::int64_t offset,
                 const std::array<Rounds, kLoops>& rounds, int buffer);

} // namespace pellucid
