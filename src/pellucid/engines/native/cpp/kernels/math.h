// Functions of whole vectors, for float and double alike, each as math::name(x):
//
//     absolute(x)  sign(x)  floor(x)  power(base, exponent)
//     exp(x)  expm1(x)  log(x)  log1p(x)  sin(x)  cos(x)  tanh(x)  erf(x)
//     sigmoid(x) = 1 / (1 + exp(-x))
//     softplus(x) = log(1 + exp(x))
//
// Zero, infinity and NaN go through them as through NumPy's. Of float, each is off by about 2 units in the last place
// at most. What a lane gets depends on its number alone, not on where it stands.
#pragma once

#include <cmath>

#include "math_bits.h"
#include "math_exponential.h"
#include "math_logarithm.h"
#include "math_saturating.h"
#include "math_trigonometry.h"

namespace pellucid::PELLUCID_LEVEL::math {

PELLUCID_INLINE Vector<float> absolute(Vector<float> x) {
    return absolute<float>(x);
}
PELLUCID_INLINE Vector<double> absolute(Vector<double> x) {
    return absolute<double>(x);
}

template <class T>
PELLUCID_INLINE Vector<T> sign_of(Vector<T> x) {
    const Vector<T> no_sign = x + 0; // NaN or 0; -0 too becomes 0
    return choose<T>(x > 0, broadcast(T(1)), choose<T>(x < 0, broadcast(T(-1)), no_sign));
}
PELLUCID_INLINE Vector<float> sign(Vector<float> x) {
    return sign_of<float>(x);
}
PELLUCID_INLINE Vector<double> sign(Vector<double> x) {
    return sign_of<double>(x);
}

template <class T>
PELLUCID_INLINE Vector<T> rounded_down(Vector<T> x) {
    constexpr T whole = T(1ll << Form<T>::digits); // from here on every number is whole
    const Vector<T> size = absolute<T>(x);
    const Vector<T> nearest = with_sign_of<T>(x, (size + whole) - whole);
    const Vector<T> below =
        with_sign_of<T>(x, absolute<T>(nearest - choose<T>(nearest > x, broadcast(T(1)), Vector<T>{})));
    return choose<T>(size < whole, below, x);
}
PELLUCID_INLINE Vector<float> floor(Vector<float> x) {
    return rounded_down<float>(x);
}
PELLUCID_INLINE Vector<double> floor(Vector<double> x) {
    return rounded_down<double>(x);
}

PELLUCID_INLINE Vector<float> power(Vector<float> base, Vector<float> exponent) {
    for (int lane = 0; lane < lanes<float>; ++lane)
        base[lane] = std::pow(base[lane], exponent[lane]);
    return base;
}
PELLUCID_INLINE Vector<double> power(Vector<double> base, Vector<double> exponent) {
    for (int lane = 0; lane < lanes<double>; ++lane)
        base[lane] = std::pow(base[lane], exponent[lane]);
    return base;
}

} // namespace pellucid::PELLUCID_LEVEL::math
