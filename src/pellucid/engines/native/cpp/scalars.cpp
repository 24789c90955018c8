#include "scalars.h"

#include <cmath>
#include <limits>

namespace pellucid {

namespace {

double sign(double a) {
    return a > 0 ? 1 : a < 0 ? -1 : a;
} // 0 and NaN are their own

double larger(double a, double b) {
    return a >= b || std::isnan(a) ? a : b;
} // NaN wins, as in NumPy
double smaller(double a, double b) {
    return a <= b || std::isnan(a) ? a : b;
}

double calculate(Code code, double a, double b, double c) {
    switch (code) {
    case Code::copy: return a;
    case Code::add: return a + b;
    case Code::subtract: return a - b;
    case Code::multiply: return a * b;
    case Code::divide: return a / b;
    case Code::negative: return -a;
    case Code::absolute: return std::fabs(a);
    case Code::sign: return sign(a);
    case Code::floor: return std::floor(a);
    case Code::sqrt: return std::sqrt(a);
    case Code::power: return std::pow(a, b);
    case Code::square: return a * a;
    case Code::maximum: return larger(a, b);
    case Code::minimum: return smaller(a, b);
    case Code::maximum_number: return a > b ? a : b;
    case Code::minimum_number: return a < b ? a : b;
    case Code::multiply_add: return a * b + c;
    case Code::multiply_subtract: return a * b - c;
    case Code::subtract_multiply: return c - a * b;
    case Code::exp: return std::exp(a);
    case Code::expm1: return std::expm1(a);
    case Code::log: return std::log(a);
    case Code::sin: return std::sin(a);
    case Code::cos: return std::cos(a);
    case Code::tanh: return std::tanh(a);
    case Code::erf: return std::erf(a);
    case Code::sigmoid: return 1 / (1 + std::exp(-a));
    case Code::softplus: return larger(a, 0) + std::log1p(std::exp(-std::fabs(a)));
    case Code::greater: return a > b;
    case Code::greater_equal: return a >= b;
    case Code::equal: return a == b;
    case Code::logical_and: return a != 0 && b != 0;
    case Code::logical_or: return a != 0 || b != 0;
    case Code::logical_not: return a == 0;
    case Code::truth: return a != 0;
    case Code::select: return a != 0 ? b : c;
    case Code::mask_greater: return a > c ? b : 0;
    default: return std::numeric_limits<double>::quiet_NaN(); // refused when the plan was checked
    }
}

// Runs operations, whose results are rounded to what lanes hold.
template <class Round>
void run_all(const TileOp* op, const TileOp* end, double* registers, Round round) {
    const auto number = [=](int operand) -> double& { return registers[operand - kRegister]; };
    for (; op != end; ++op)
        number(op->to) = round(calculate(op->code, number(op->a), number(op->b), number(op->c)));
}

// A number of a tensor as a double, and back. What does not fit into whole numbers is undefined in C++, so NaN and
// what is too large is 0 or the nearest there is.
template <class T>
T from_double(double value) {
    if constexpr (std::numeric_limits<T>::is_integer) {
        if (std::isnan(value))
            return 0;
        if (value <= static_cast<double>(std::numeric_limits<T>::min()))
            return std::numeric_limits<T>::min();
        if (value >= static_cast<double>(std::numeric_limits<T>::max()))
            return std::numeric_limits<T>::max();
    }
    return static_cast<T>(value);
}

// Calls use(T{}) with the type of a dtype.
template <class Use>
void with_type(Dtype dtype, Use use) {
    switch (dtype) {
    case Dtype::float32: return use(float{});
    case Dtype::float64: return use(double{});
    case Dtype::int8: return use(std::int8_t{});
    case Dtype::int16: return use(std::int16_t{});
    case Dtype::int32: return use(std::int32_t{});
    case Dtype::int64: return use(std::int64_t{});
    case Dtype::uint8: return use(std::uint8_t{});
    case Dtype::uint16: return use(std::uint16_t{});
    case Dtype::uint32: return use(std::uint32_t{});
    case Dtype::uint64: return use(std::uint64_t{});
    case Dtype::boolean: return use(bool{});
    }
}

} // namespace

void run_scalars(const Work& work, double* registers) {
    const TileOp *op = work.program, *end = op + work.program_length;
    switch (work.lanes) {
    case Dtype::float64: return run_all(op, end, registers, [](double value) { return value; });
    case Dtype::float32:
        return run_all(op, end, registers, [](double value) -> double { return static_cast<float>(value); });
    default: return run_all(op, end, registers, [](double value) { return std::trunc(value); });
    }
}

void load_register(const Work& work, const Context& context) {
    with_type(work.tensors[0].dtype, [&]<class T>(T) {
        context.registers[work.options[0]] = static_cast<double>(*start_of<T>(work.tensors[0], context));
    });
}

void store_register(const Work& work, const Context& context) {
    if (context.thread > 0)
        return;
    const double value = context.registers[work.options[0]];
    with_type(work.tensors[0].dtype, [&]<class T>(T) {
        *start_of<T>(work.tensors[0], context) = std::is_same_v<T, bool> ? value != 0 : from_double<T>(value);
    });
}

} // namespace pellucid
