// Programs on single numbers: every thread runs them on its own registers.
#pragma once

#include "work.h"

namespace pellucid {

// Runs the program of Kind::scalars. It calculates in double precision; every result is rounded to the lanes.
void run_scalars(const Work& work, double* registers);

// Kind::load_register and Kind::store_register.
void load_register(const Work& work, const Context& context);
void store_register(const Work& work, const Context& context);

} // namespace pellucid
