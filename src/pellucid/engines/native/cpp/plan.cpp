#include "plan.h"

#include <stdexcept>

namespace pellucid {

namespace {

// In the order of their enumerations (work.h).
constexpr std::string_view kDtypes[] = {"float32", "float64", "int8",   "int16",  "int32", "int64",
                                        "uint8",   "uint16",  "uint32", "uint64", "bool"};

constexpr std::string_view kKinds[] = {
    "elementwise", "matmul",      "rows",   "reduce", "total",   "copy",          "fill",           "transpose",
    "gather",      "scatter_add", "random", "pool",   "scalars", "load_register", "store_register", "loop"};

constexpr std::string_view kCodes[] = {"copy",
                                       "load",
                                       "store",
                                       "add",
                                       "subtract",
                                       "multiply",
                                       "divide",
                                       "negative",
                                       "absolute",
                                       "sign",
                                       "floor",
                                       "sqrt",
                                       "power",
                                       "square",
                                       "maximum",
                                       "minimum",
                                       "maximum_number",
                                       "minimum_number",
                                       "multiply_add",
                                       "multiply_subtract",
                                       "subtract_multiply",
                                       "exp",
                                       "expm1",
                                       "log",
                                       "sin",
                                       "cos",
                                       "tanh",
                                       "erf",
                                       "sigmoid",
                                       "softplus",
                                       "greater",
                                       "greater_equal",
                                       "equal",
                                       "logical_and",
                                       "logical_or",
                                       "logical_not",
                                       "truth",
                                       "select",
                                       "mask_greater",
                                       "row_sum",
                                       "row_max",
                                       "row_argmax",
                                       "pick",
                                       "one_hot"};

constexpr std::string_view kLayouts[] = {"rows", "panels"};
constexpr std::string_view kRoles[] = {"temporary", "state", "local"};

static_assert(std::size(kDtypes) == static_cast<std::size_t>(Dtype::boolean) + 1);
static_assert(std::size(kKinds) == static_cast<std::size_t>(Kind::count));
static_assert(std::size(kCodes) == static_cast<std::size_t>(Code::count));

template <class Enumeration, std::size_t count>
Enumeration number_of(const std::string_view (&names)[count], std::string_view name, const char* what) {
    for (std::size_t i = 0; i < count; ++i)
        if (names[i] == name)
            return static_cast<Enumeration>(i);
    throw std::invalid_argument("no " + std::string(what) + " of a plan is called '" + std::string(name) + "'.");
}

} // namespace

Dtype dtype_named(std::string_view name) {
    return number_of<Dtype>(kDtypes, name, "dtype");
}
Kind kind_named(std::string_view name) {
    return number_of<Kind>(kKinds, name, "kind of instruction");
}
Code code_named(std::string_view name) {
    return number_of<Code>(kCodes, name, "operation");
}
Layout layout_named(std::string_view name) {
    return number_of<Layout>(kLayouts, name, "layout");
}
Role role_named(std::string_view name) {
    return number_of<Role>(kRoles, name, "role");
}

std::string_view name_of(Dtype dtype) {
    return kDtypes[static_cast<int>(dtype)];
}
std::string_view name_of(Kind kind) {
    return kKinds[static_cast<int>(kind)];
}
std::string_view name_of(Code code) {
    return kCodes[static_cast<int>(code)];
}

bool over_chunks(const Instruction& instruction) {
    return instruction.kind == Kind::loop && instruction.option(loop_option::chunks) != 0;
}

} // namespace pellucid
