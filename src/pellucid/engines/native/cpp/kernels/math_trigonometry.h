// sin and cos.
#pragma once

#include <cmath>

#include "math_bits.h"
#include "math_fit.h"

namespace pellucid::PELLUCID_LEVEL::math {

// pi / 2 in four numbers, three of them so short that their products with a whole number below 2 ** 13 are exact.
constexpr float shortened(double number, int digits) { // digits after the point, in the binary system
    const double power = static_cast<double>(1ll << digits);
    return static_cast<float>(static_cast<double>(static_cast<long long>(number * power)) / power);
}
inline constexpr double kHalfPiBeyondDouble = 6.123233995736766e-17; // pi / 2 less its nearest double
inline constexpr float kHalfPi1 = shortened(kPi / 2, 10);
inline constexpr float kHalfPi2 = shortened(kPi / 2 - kHalfPi1, 21);
inline constexpr float kHalfPi3 = shortened(kPi / 2 - kHalfPi1 - kHalfPi2, 32);
inline constexpr float kHalfPi4 = static_cast<float>(kPi / 2 - kHalfPi1 - kHalfPi2 - kHalfPi3 + kHalfPiBeyondDouble);
inline constexpr float kMostTurned = 8192;

// Of sin(r) = r + r * z * p(z) and cos(r) = 1 - z / 2 + z * z * q(z), where z = r * r and |r| <= pi / 4.
inline constexpr auto kSine = fit<3>(
    [](double z) { return series(-1.0 / 6, [z](int k) { return -z / ((2 * k + 2) * (2 * k + 3)); }); }, 0, 0.6169);
inline constexpr auto kCosine = fit<3>(
    [](double z) { return series(1.0 / 24, [z](int k) { return -z / ((2 * k + 3) * (2 * k + 4)); }); }, 0, 0.6169);

// sin(x + quarters * pi / 2), for |x| below kMostTurned.
PELLUCID_INLINE Vector<float> turned_sin(Vector<float> x, int quarters) {
    const Vector<float> shifted = x * float(2 / kPi) + kRounder<float, 1>;
    const Vector<float> n = shifted - kRounder<float, 1>;
    const Vector<float> r = x - n * kHalfPi1 - n * kHalfPi2 - n * kHalfPi3 - n * kHalfPi4;
    const Vector<float> z = r * r;
    const Vector<float> sine = r + r * z * evaluate<float>(kSine, z);
    const Vector<float> cosine = (1 - 0.5f * z) + z * z * evaluate<float>(kCosine, z);
    const Mask<float> turns = bits_of<float>(shifted) + quarters;
    const Vector<float> value = choose<float>((turns & 1) != 0, cosine, sine);
    return from_bits<float>(bits_of<float>(value) ^ ((turns & 2) << 30));
}

// Large numbers are rare: each is left to the standard library.
template <class Function>
PELLUCID_INLINE Vector<float> with_large(Vector<float> x, Vector<float> value, Function function) {
    const Mask<float> large = absolute<float>(x) >= kMostTurned;
    if (any(large))
        for (int lane = 0; lane < lanes<float>; ++lane)
            if (large[lane])
                value[lane] = function(x[lane]);
    return value;
}

PELLUCID_INLINE Vector<float> sin(Vector<float> x) {
    const Vector<float> value = choose<float>(x == 0, x, turned_sin(x, 0)); // -0 stays -0
    return with_large(x, value, [](float number) { return std::sin(number); });
}
PELLUCID_INLINE Vector<float> cos(Vector<float> x) {
    return with_large(x, turned_sin(x, 1), [](float number) { return std::cos(number); });
}

PELLUCID_INLINE Vector<double> sin(Vector<double> x) {
    return each<double>(x, [](double number) { return std::sin(number); });
}
PELLUCID_INLINE Vector<double> cos(Vector<double> x) {
    return each<double>(x, [](double number) { return std::cos(number); });
}

} // namespace pellucid::PELLUCID_LEVEL::math
