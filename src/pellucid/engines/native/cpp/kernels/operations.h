// What each operation of a tile program comes to, for one vector of each operand: as in NumPy, NaN and infinity
// included. Truth is 1 or 0 in the lanes of the program.
#pragma once

#include <type_traits>

#include "math.h"
#include "vector.h"

namespace pellucid::PELLUCID_LEVEL {

// Operations whose cost is in their own arithmetic.
constexpr bool is_function(Code code) {
    switch (code) {
    case Code::power:
    case Code::exp:
    case Code::expm1:
    case Code::log:
    case Code::sin:
    case Code::cos:
    case Code::tanh:
    case Code::erf:
    case Code::sigmoid:
    case Code::softplus: return true;
    default: return false;
    }
}

// Operations that whole numbers do not have: NumPy turns them into others first.
constexpr bool needs_fractions(Code code) {
    return is_function(code) || code == Code::divide || code == Code::sqrt || code == Code::floor;
}

// Operations that only programs of rows have, beside load and store, which are no matter of vectors.
constexpr bool is_of_rows(Code code) {
    return code == Code::row_sum || code == Code::row_max || code == Code::row_argmax || code == Code::pick ||
           code == Code::one_hot;
}

template <class T>
PELLUCID_INLINE Vector<T> one_where(Mask<T> mask) {
    return choose<T>(mask, broadcast<T>(1), Vector<T>{});
}

// maximum and minimum where b is a number: what is not one comes from a.
template <Code code, class T>
PELLUCID_INLINE Vector<T> extreme(Vector<T> a, Vector<T> b) {
    constexpr bool largest = code == Code::maximum || code == Code::maximum_number;
    if constexpr (std::is_integral_v<T>)
        return choose<T>((Mask<T>)(largest ? a > b : a < b), a, b);
    else
        return largest ? larger<T>(b, a) : smaller<T>(b, a); // of two that cannot be compared: the second
}

template <Code code, class T>
PELLUCID_INLINE Vector<T> function_of(Vector<T> a, Vector<T> b) {
    switch (code) {
    case Code::divide: return a / b;
    case Code::power: return math::power(a, b);
    case Code::floor: return math::floor(a);
    case Code::sqrt: return square_root(a);
    case Code::exp: return math::exp(a);
    case Code::expm1: return math::expm1(a);
    case Code::log: return math::log(a);
    case Code::sin: return math::sin(a);
    case Code::cos: return math::cos(a);
    case Code::tanh: return math::tanh(a);
    case Code::erf: return math::erf(a);
    case Code::sigmoid: return math::sigmoid(a);
    default: return math::softplus(a);
    }
}

template <Code code, class T>
PELLUCID_INLINE Vector<T> logic_of(Vector<T> a, Vector<T> b) {
    const Vector<T> zero = {};
    switch (code) {
    case Code::greater: return one_where<T>((Mask<T>)(a > b));
    case Code::greater_equal: return one_where<T>((Mask<T>)(a >= b));
    case Code::equal: return one_where<T>((Mask<T>)(a == b));
    case Code::logical_and: return one_where<T>((Mask<T>)((a != zero) & (b != zero)));
    case Code::logical_or: return one_where<T>((Mask<T>)((a != zero) | (b != zero)));
    case Code::logical_not: return one_where<T>((Mask<T>)(a == zero));
    default: // truth
        return one_where<T>((Mask<T>)(a != zero));
    }
}

template <Code code, class T>
PELLUCID_INLINE Vector<T> arithmetic_of(Vector<T> a, Vector<T> b, Vector<T> c) {
    const Vector<T> zero = {};
    switch (code) {
    case Code::add: return a + b;
    case Code::subtract: return a - b;
    case Code::multiply: return a * b;
    case Code::square: return a * a;
    case Code::negative: return -a;
    case Code::absolute:
        if constexpr (std::is_integral_v<T>)
            return choose<T>((Mask<T>)(a < zero), -a, a);
        else
            return math::absolute(a);
    case Code::sign:
        if constexpr (std::is_integral_v<T>)
            return one_where<T>((Mask<T>)(a > zero)) - one_where<T>((Mask<T>)(a < zero));
        else
            return math::sign(a);
    case Code::maximum:
    case Code::minimum: return choose<T>((Mask<T>)(b == b), extreme<code, T>(a, b), b);
    case Code::maximum_number:
    case Code::minimum_number: return extreme<code, T>(a, b);
    case Code::multiply_add: return a * b + c;
    case Code::multiply_subtract: return a * b - c;
    case Code::subtract_multiply: return c - a * b;
    case Code::select: return choose<T>((Mask<T>)(a != zero), b, c);
    case Code::mask_greater: return choose<T>((Mask<T>)(a > c), b, zero);
    default: // copy
        return a;
    }
}

template <Code code, class T>
PELLUCID_INLINE Vector<T> value_of(Vector<T> a, Vector<T> b, Vector<T> c) {
    if constexpr (needs_fractions(code))
        return function_of<code, T>(a, b);
    else if constexpr (code >= Code::greater && code <= Code::truth)
        return logic_of<code, T>(a, b);
    else
        return arithmetic_of<code, T>(a, b, c);
}

} // namespace pellucid::PELLUCID_LEVEL
