// The kernels of a level: one for each Kind that works on tensors, under its name. Each runs the share of one thread.
#pragma once

#include "vector.h"

namespace pellucid::PELLUCID_LEVEL {

__attribute__((weak)) void elementwise(const Work& work, Context& context); // weak until all are there
__attribute__((weak)) void matmul(const Work& work, Context& context); // weak until all are there
__attribute__((weak)) void rows(const Work& work, Context& context); // weak until all are there
__attribute__((weak)) void reduce(const Work& work, Context& context); // weak until all are there
__attribute__((weak)) void total(const Work& work, Context& context); // weak until all are there
__attribute__((weak)) void copy(const Work& work, Context& context); // weak until all are there
__attribute__((weak)) void fill(const Work& work, Context& context); // weak until all are there
__attribute__((weak)) void transpose(const Work& work, Context& context); // weak until all are there
__attribute__((weak)) void gather(const Work& work, Context& context); // weak until all are there
__attribute__((weak)) void scatter_add(const Work& work, Context& context); // weak until all are there
__attribute__((weak)) void random(const Work& work, Context& context); // weak until all are there
__attribute__((weak)) void pool(const Work& work, Context& context); // weak until all are there

const Kernels& kernels();

} // namespace pellucid::PELLUCID_LEVEL
