// The kernels of a level: one for each Kind that works on tensors, under its name. Each runs the share of one thread.
#pragma once

#include "vector.h"

namespace pellucid::PELLUCID_LEVEL {

void elementwise(const Work& work, Context& context);
void matmul(const Work& work, Context& context);
void rows(const Work& work, Context& context);
void reduce(const Work& work, Context& context);
void total(const Work& work, Context& context);
void copy(const Work& work, Context& context);
void fill(const Work& work, Context& context);
void transpose(const Work& work, Context& context);
void gather(const Work& work, Context& context);
void scatter_add(const Work& work, Context& context);
void random(const Work& work, Context& context);
void pool(const Work& work, Context& context);

// Fills in the program of a work that is complete otherwise.
void make_ready(const Work& work, ReadyProgram& ready);

// A Shuffle.
void shuffle(std::int64_t count, std::uint64_t seed, std::int64_t epoch, std::int32_t* order, ShuffleMemory& memory);

const Kernels& kernels();

} // namespace pellucid::PELLUCID_LEVEL
