#include "reach.h"

#include <algorithm>

#include "forms.h"
#include "refuse.h"

namespace pellucid {

std::int64_t sum(std::int64_t a, std::int64_t b) {
    std::int64_t result;
    if (__builtin_add_overflow(a, b, &result))
        refuse("the sum of ", a, " and ", b, " is too large.");
    return result;
}

std::int64_t product(std::int64_t a, std::int64_t b) {
    std::int64_t result;
    if (__builtin_mul_overflow(a, b, &result))
        refuse("the product of ", a, " and ", b, " is too large.");
    return result;
}

std::int64_t value_of(const Extent& extent, std::span<const std::int64_t> sizes) {
    std::int64_t value = extent.factor;
    for (const int symbol : extent.symbols)
        value = product(value, sizes[static_cast<std::size_t>(symbol)]);
    return value;
}

namespace {

using Extents = std::array<std::int64_t, kAxes>;

// What an instruction asks of one of its tensors.
struct Demands {
    Extents extents{};         // how far it goes along each axis
    bool fixed[kAxes] = {};    // axes along which it does not move: the stride is 0
    int column;                // the axis of columns
    bool side_by_side = false; // whether the numbers of a row have to be: the stride of columns is 1
    bool in_lanes = false;     // whether it has to have the dtype of the lanes
    bool may_have_panels = true;
};

void fix(Demands& demands, int axis) {
    demands.extents[static_cast<std::size_t>(axis)] = 1;
    demands.fixed[axis] = true;
}

// Whether an operation of the program takes a tensor as it lies, without a conversion.
bool touched_in_place(const Work& work, int number) {
    const auto is_it = [=](int operand) { return operand == kTensor + number; };
    return std::any_of(work.program, work.program + work.program_length, [&](const TileOp& op) {
        bool touched = op.code != Code::store && is_it(op.to);
        if (op.code != Code::load)
            for_operands(op, [&](int operand) { touched |= is_it(operand); });
        return touched;
    });
}

bool is_mentioned(const Work& work, int number) {
    return std::any_of(work.program, work.program + work.program_length, [=](const TileOp& op) {
        const int operand = kTensor + number;
        return op.to == operand || op.a == operand || op.b == operand || op.c == operand;
    });
}

Demands matmul_demands(const Work& work, int number, Demands demands) {
    const int rows = static_cast<int>(work.options[0]), columns = rows + 1;
    const bool starts = number == 2 && work.options[product_option::start] != product_option::from_zero;
    if (number == 2 && !starts && !is_mentioned(work, number))
        demands.extents = {}; // whatever stands there, nobody looks at it
    demands.column = columns;
    demands.in_lanes = number < 2 || starts || touched_in_place(work, number);
    demands.side_by_side = number > 0 && demands.in_lanes;
    demands.may_have_panels = number > 0;
    if (number < 2)
        fix(demands, number == 0 ? columns : rows);
    else
        for (int axis = columns + 1; axis < work.axes; ++axis)
            fix(demands, axis);
    return demands;
}

Demands demands_of(const Work& work, int number) {
    Demands demands;
    std::copy_n(work.extents, kAxes, demands.extents.begin());
    const int last = work.axes - 1;
    demands.column = last;
    switch (work.kind) {
    case Kind::matmul: return matmul_demands(work, number, demands);
    case Kind::reduce:
        demands.may_have_panels = false;
        if (number > 0)
            fix(demands, last - 1);
        [[fallthrough]];
    case Kind::elementwise:
    case Kind::rows: demands.in_lanes = demands.side_by_side = touched_in_place(work, number); break;
    case Kind::transpose:
        demands.column = number == 0 ? last : last - 1;
        demands.side_by_side = true;
        break;
    case Kind::gather:
    case Kind::scatter_add:
        if (number == 2)
            fix(demands, 1);
        else if ((number == 1) == (work.kind == Kind::gather))
            demands.extents[0] = work.options[0]; // the table
        demands.side_by_side = number < 2;
        demands.may_have_panels = false;
        break;
    case Kind::pool: {
        const auto kind = static_cast<Pooling>(work.options[0]);
        const bool gradient =
            kind == Pooling::max_gradient || kind == Pooling::average_gradient || kind == Pooling::max_put;
        const bool entries = number == tensor_of_entries(kind);
        const bool of_windows = entries || number == (gradient ? 1 : 0); // else of the array that they move over
        for (int axis = 0; axis < pool_option::axes; ++axis)
            demands.extents[1] = product(demands.extents[1], work.options[1 + axis * pool_option::each + of_windows]);
        demands.side_by_side = true;
        demands.in_lanes = !entries;
        demands.may_have_panels = false;
        break;
    }
    case Kind::random:
        demands.side_by_side = true;
        demands.may_have_panels = false;
        break;
    default: break;
    }
    return demands;
}

// The lowest and the highest place that is touched along some axes.
struct Span {
    std::int64_t lowest, highest;

    void widen(std::int64_t stride, std::int64_t first, std::int64_t last) {
        const std::int64_t a = product(stride, first), b = product(stride, last);
        lowest = sum(lowest, std::min(a, b));
        highest = sum(highest, std::max(a, b));
    }
};

} // namespace

void check_reach(const Work& work, int number, const Tensor& tensor, std::int64_t offset,
                 const std::array<Rounds, kLoops>& rounds, int buffer) {
    const Demands demands = demands_of(work, number);
    const bool side_by_side = demands.side_by_side || tensor.panels;
    const auto name = [&] { return " of view " + std::to_string(number) + " (buffer " + std::to_string(buffer) + ")"; };
    if (demands.in_lanes && tensor.dtype != work.lanes)
        refuse("the dtype", name(), " is ", name_of(tensor.dtype), " instead of ", name_of(work.lanes), ".");
    if (tensor.panels && !demands.may_have_panels)
        refuse("the numbers", name(), " lie in panels, where only rows will do.");
    Span span{offset, offset};
    bool touches = true;
    for (int axis = 0; axis < work.axes; ++axis) {
        const std::int64_t extent = demands.extents[static_cast<std::size_t>(axis)], stride = tensor.strides[axis];
        touches &= extent > 0;
        if (demands.fixed[axis] ? stride != 0 && work.extents[axis] > 1
                                : axis == demands.column && side_by_side && extent > 1 && stride != 1)
            refuse("the stride along axis ", axis, name(), " is ", stride, ".");
        if (tensor.panels && axis == demands.column) {
            if (extent > tensor.panel_columns)
                refuse("axis ", axis, name(), " has ", extent, " columns, the buffer ", tensor.panel_columns, ".");
        } else if (extent > 0) {
            span.widen(stride, 0, extent - 1);
        }
    }
    for (std::size_t loop = 0; loop < kLoops; ++loop)
        span.widen(tensor.steps[loop], rounds[loop].first, rounds[loop].last);
    const std::int64_t limit = tensor.panels ? tensor.panel_rows : product(tensor.panel_rows, tensor.panel_columns);
    if (touches && (span.lowest < 0 || span.highest >= limit))
        refuse("the reach", name(), " is from ", span.lowest, " to ", span.highest, ", outside of its ", limit,
               tensor.panels ? " rows." : " numbers.");
}

} // namespace pellucid
