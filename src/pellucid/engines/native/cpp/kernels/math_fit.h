// Polynomials that the compiler fits: no coefficient has to be believed.
//
// A function is given as its series, and the polynomial is the one that meets it at Chebyshev's points of an
// interval, whose largest error is within a few percent of the least there is (Trefethen, Approximation Theory and
// Approximation Practice, 2013). All of this happens in double precision while the kernels are compiled.
#pragma once

#include "vector.h"

namespace pellucid::PELLUCID_LEVEL::math {

inline constexpr double kPi = 3.14159265358979323846;
inline constexpr double kLog2 = 0.69314718055994530942;

// first * (1 + ratio(1) * (1 + ratio(2) * (1 + ...)))
template <class Ratio>
constexpr double series(double first, Ratio ratio) {
    double sum = 0;
    double term = first;
    for (int k = 1; sum + term != sum; ++k) {
        sum += term;
        term *= ratio(k);
    }
    return sum;
}

constexpr double exact_exp(double x) {
    return x < 0 ? 1 / exact_exp(-x) : series(1, [x](int k) { return x / k; });
}
constexpr double exact_cos(double x) {
    return series(1, [x](int k) { return -x * x / (2 * k * (2 * k - 1)); });
}
constexpr double exact_tanh(double x) {
    const double e = exact_exp(2 * x);
    return (e - 1) / (e + 1);
}
// Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.6: no term of it takes away from another.
constexpr double exact_erf(double x) {
    constexpr double two_over_root_pi = 1.12837916709551257390;
    return two_over_root_pi * exact_exp(-x * x) * series(x, [x](int k) { return 2 * x * x / (2 * k + 1); });
}
// log(1 + x) for small x.
constexpr double exact_log1p(double x) {
    return series(x, [x](int k) { return -x * k / (k + 1); });
}

// A polynomial by its coefficients, from the constant one on.
template <int count>
struct Polynomial {
    double coefficients[count] = {};
};

template <int count, class Function>
constexpr Polynomial<count> fit(Function function, double low, double high) {
    double points[count], differences[count]; // as Newton has them
    for (int i = 0; i < count; ++i) {
        points[i] = (low + high) / 2 + (high - low) / 2 * exact_cos((i + 0.5) / count * kPi);
        differences[i] = function(points[i]);
    }
    for (int order = 1; order < count; ++order)
        for (int i = count - 1; i >= order; --i)
            differences[i] = (differences[i] - differences[i - 1]) / (points[i] - points[i - order]);
    Polynomial<count> fitted;
    for (int i = count - 1; i >= 0; --i) { // fitted = fitted * (x - points[i]) + differences[i]
        for (int k = count - 1; k > 0; --k)
            fitted.coefficients[k] = fitted.coefficients[k - 1] - points[i] * fitted.coefficients[k];
        fitted.coefficients[0] = differences[i] - points[i] * fitted.coefficients[0];
    }
    return fitted;
}

// The value of a polynomial at x, by Horner's scheme; of a long one, by two chains of it side by side, for even powers
// and for odd ones: the processor waits for every step of a chain.
template <class T, int count>
PELLUCID_INLINE Vector<T> evaluate(const Polynomial<count>& polynomial, Vector<T> x) {
    constexpr int chains = count > 6 ? 2 : 1;
    const Vector<T> step = chains == 2 ? x * x : x;
    Vector<T> values[chains];
#pragma GCC unroll 2
    for (int chain = 0; chain < chains; ++chain)
        values[chain] = broadcast<T>(static_cast<T>(polynomial.coefficients[count - chains + chain]));
#pragma GCC unroll 16
    for (int k = count - chains - 1; k >= 0; --k) {
        Vector<T>& value = values[chains - 1 - (count - 1 - k) % chains];
        value = value * step + static_cast<T>(polynomial.coefficients[k]);
    }
    if constexpr (chains == 1)
        return values[0];
    else if constexpr (count % 2 == 0)
        return values[0] + values[1] * x;
    else
        return values[1] + values[0] * x;
}

} // namespace pellucid::PELLUCID_LEVEL::math
