// From Python's plan to ours.
#pragma once

#include <nanobind/nanobind.h>

#include "plan.h"

namespace pellucid {

// Reads a Plan of plan.py by position. Throws std::invalid_argument for what is none.
Plan read_plan(nanobind::handle plan);

} // namespace pellucid
