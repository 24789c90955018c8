#include "forms.h"

namespace pellucid {

namespace {

// Whatever looks for the place of a maximum has one array more than other poolings.
int pool_views(const Instruction& instruction) {
    switch (static_cast<Pooling>(instruction.options.empty() ? 0 : instruction.option(0))) {
    case Pooling::max:
    case Pooling::average:
    case Pooling::average_gradient: return 2;
    default: return 3;
    }
}

bool starts_from_tensor(const Instruction& instruction) {
    return instruction.options.size() > product_option::start && instruction.option(product_option::start) != 0;
}

int product_options(const Instruction& instruction) {
    return instruction.options.size() > product_option::few ? product_option::all : product_option::few;
}

} // namespace

Form form_of(const Instruction& instruction) {
    const auto& options = instruction.options;
    switch (instruction.kind) {
    case Kind::elementwise: return {2, kAxes, 0, 0, true};
    case Kind::matmul: return {3, kAxes, starts_from_tensor(instruction) ? 3 : 2, product_options(instruction), true};
    case Kind::rows: return {2, kAxes, 0, 0, true};
    case Kind::reduce: return {2, kAxes, 1, 1, true};
    case Kind::total: return {1, kAxes, 1, 2, false};
    case Kind::copy: return {1, kAxes, 2, 0, false};
    case Kind::fill: return {1, kAxes, 1, 1, false};
    case Kind::transpose: return {2, kAxes, 2, 0, false};
    case Kind::gather: return {2, 2, 3, 1, false};
    case Kind::scatter_add: return {2, 2, 3, 1, false};
    case Kind::random: return {1, 1, 1, 5, false};
    case Kind::pool: return {2, 2, pool_views(instruction), 16, false};
    case Kind::scalars: return {0, 0, 0, 0, true};
    case Kind::load_register: return {1, 1, 1, 1, false};
    case Kind::store_register: return {1, 1, 1, 1, false};
    case Kind::loop: return {1, 1, 0, options.size() > 3 ? 8 : 3, false};
    case Kind::count: break;
    }
    return {};
}

Registers registers_of_options(const Instruction& instruction) {
    const auto option = [&](int i) { return static_cast<int>(instruction.option(i)); };
    switch (instruction.kind) {
    case Kind::total: return {{}, {option(1)}};
    case Kind::fill: return {{option(0)}, {}};
    case Kind::random: return {{option(0), option(1), option(2)}, {}};
    case Kind::load_register: return {{}, {option(0)}};
    case Kind::store_register: return {{option(0)}, {}};
    default: return {};
    }
}

} // namespace pellucid
