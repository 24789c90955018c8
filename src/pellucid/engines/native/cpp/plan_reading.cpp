#include "plan_reading.h"

#include <nanobind/stl/string.h>

#include <limits>
#include <type_traits>

#include "refuse.h"

namespace nb = nanobind;

namespace pellucid {

namespace {

// The items of a tuple, in order.
class Items {
public:
    Items(nb::handle tuple, std::size_t count, const char* what) {
        if (!PyTuple_Check(tuple.ptr()) || nb::len(tuple) != count)
            refuse(what, " has to be a tuple of ", count, ".");
        tuple_ = nb::borrow<nb::tuple>(tuple);
    }
    nb::object next() { return tuple_[next_++]; }

private:
    nb::tuple tuple_;
    std::size_t next_ = 0;
};

template <class Integer>
Integer read_whole(nb::handle number) {
    const long long value = PyLong_AsLongLong(number.ptr());
    if (value == -1 && PyErr_Occurred() != nullptr) {
        PyErr_Clear();
        refuse("there is something else where a whole number of 64 bits should be.");
    }
    if (value < std::numeric_limits<Integer>::min() || value > std::numeric_limits<Integer>::max())
        refuse(value, " is too large a number here.");
    return static_cast<Integer>(value);
}

int read_int(nb::handle number) {
    return read_whole<int>(number);
}

double read_double(nb::handle number) {
    const double value = PyFloat_AsDouble(number.ptr());
    if (value == -1 && PyErr_Occurred() != nullptr) {
        PyErr_Clear();
        refuse("there is something else where a number should be.");
    }
    return value;
}

std::string read_text(nb::handle text) {
    if (!PyUnicode_Check(text.ptr()))
        refuse("there is something else where a name should be.");
    return nb::cast<std::string>(text);
}

// Reads every item of a tuple by a function.
template <class Read>
auto read_all(nb::handle tuple, Read read) {
    if (!PyTuple_Check(tuple.ptr()))
        refuse("there is something else where a tuple should be.");
    std::vector<std::invoke_result_t<Read, nb::handle>> all;
    all.reserve(nb::len(tuple));
    for (const nb::handle item : nb::borrow<nb::tuple>(tuple))
        all.push_back(read(item));
    return all;
}

// The same; what is wrong in it is said with the number of the item.
template <class Read>
auto read_numbered(const char* what, nb::handle tuple, Read read) {
    std::size_t number = 0;
    return read_all(tuple, [&](nb::handle item) {
        try {
            auto result = read(item);
            ++number;
            return result;
        } catch (const std::invalid_argument& error) {
            refuse(what, " ", number, ": ", error.what());
        }
    });
}

Extent read_extent(nb::handle extent) {
    if (!PyTuple_Check(extent.ptr()))
        return {read_whole<std::int64_t>(extent), {}};
    const nb::tuple product = nb::borrow<nb::tuple>(extent);
    if (nb::len(product) == 0)
        refuse("a size has at least a factor.");
    Extent result{read_whole<std::int64_t>(product[0]), {}};
    for (std::size_t i = 1; i < nb::len(product); ++i)
        result.symbols.push_back(read_int(product[i]));
    return result;
}

Buffer read_buffer(nb::handle buffer) {
    Items items(buffer, 7, "a buffer");
    Buffer result;
    result.dtype = dtype_named(read_text(items.next()));
    result.rows = read_extent(items.next());
    result.columns = read_extent(items.next());
    result.layout = layout_named(read_text(items.next()));
    result.role = role_named(read_text(items.next()));
    result.first = read_int(items.next());
    result.last = read_int(items.next());
    return result;
}

Move read_move(nb::handle step) {
    Items items(step, 2, "a step");
    const int loop = read_int(items.next());
    return {loop, read_extent(items.next())};
}

View read_view(nb::handle view) {
    Items items(view, 4, "a view");
    View result;
    result.buffer = read_int(items.next());
    result.strides = read_all(items.next(), read_extent);
    result.offset = read_all(items.next(), read_extent);
    result.moves = read_all(items.next(), read_move);
    return result;
}

TileOp read_op(nb::handle op) {
    Items items(op, 6, "an operation");
    TileOp result;
    result.code = code_named(read_text(items.next()));
    result.to = read_whole<std::int16_t>(items.next());
    result.a = read_whole<std::int16_t>(items.next());
    result.b = read_whole<std::int16_t>(items.next());
    result.c = read_whole<std::int16_t>(items.next());
    result.wide = items.next().is(nb::handle(Py_True));
    // What an operation does not have is its first operand once more: whoever reads all three reads nothing else.
    const int reads = operands_of(result.code);
    if (reads < 2)
        result.b = result.a;
    if (reads < 3)
        result.c = result.a;
    return result;
}

Instruction read_instruction(nb::handle instruction) {
    Items items(instruction, 7, "an instruction");
    Instruction result;
    result.kind = kind_named(read_text(items.next()));
    result.extents = read_all(items.next(), read_extent);
    result.views = read_all(items.next(), read_view);
    result.program = read_all(items.next(), read_op);
    result.lanes = dtype_named(read_text(items.next()));
    result.options = read_all(items.next(), read_extent);
    result.alone = items.next().is(nb::handle(Py_True));
    return result;
}

std::pair<int, Extent> read_size(nb::handle size) {
    Items items(size, 2, "a register of a size");
    const int number = read_int(items.next());
    return {number, read_extent(items.next())};
}

} // namespace

Plan read_plan(nb::handle plan) {
    Items items(plan, 7, "a plan");
    Plan result;
    result.symbols = read_all(items.next(), read_text);
    result.buffers = read_numbered("buffer", items.next(), read_buffer);
    result.registers = read_all(items.next(), read_double);
    result.sizes = read_all(items.next(), read_size);
    result.instructions = read_numbered("instruction", items.next(), read_instruction);
    result.inputs = read_all(items.next(), read_int);
    result.epilogue = read_int(items.next());
    return result;
}

} // namespace pellucid
