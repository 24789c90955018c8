// exp, expm1 and sigmoid.
//
// x is taken apart into n * log(2) + r, n being a whole number and r small: exp(x) = 2 ** n * exp(r), and a
// polynomial is enough for exp(r) (Cody and Waite, Software Manual for the Elementary Functions, 1980).
#pragma once

#include "math_bits.h"
#include "math_fit.h"

namespace pellucid::PELLUCID_LEVEL::math {

// log(2) in two numbers. The first has so few digits that its product with n is exact.
template <class T>
struct Log2;
template <>
struct Log2<float> {
    static constexpr float high = 0.693359375f;
    static constexpr float low = -2.12194440055e-4f;
};
template <>
struct Log2<double> {
    static constexpr double high = 6.93147180369123816490e-1;
    static constexpr double low = 1.90821492927058770002e-10;
};

// x = n * log(2) + r, n being a multiple of 1 / parts.
template <class T, int parts = 1>
struct Apart {
    Mask<T> whole; // n * parts in the lowest bits
    Vector<T> n, r;

    PELLUCID_INLINE Apart of(Vector<T> x) {
        const Vector<T> shifted = x * T(1 / kLog2) + kRounder<T, parts>;
        const Vector<T> n = shifted - kRounder<T, parts>;
        return {bits_of<T>(shifted), n, x - n * Log2<T>::high - n * Log2<T>::low};
    }
};

// Ends of the range: exp(x) is too large for a number above `most`, and below the smallest normal one under `least`.
template <class T>
struct Range;
template <>
struct Range<float> {
    static constexpr float most = 88.7228317f, least = -87.3365479f;
};
template <>
struct Range<double> {
    static constexpr double most = 709.782712893384, least = -708.39641853226408;
};

// Of exp(r) = 1 + r * q(r), where |r| <= log(2) / 2 / parts.
template <class T, int parts>
inline constexpr auto kGrowth = fit<sizeof(T) == 8 ? 12
                                    : parts == 1   ? 6
                                                   : 3>(
    [](double r) { return series(1, [r](int k) { return r / (k + 1); }); }, -kLog2 / 2 / parts, kLog2 / 2 / parts);

#if defined(__AVX512F__)

// 2 ** (j / 16)
struct Sixteenths {
    alignas(64) float powers[16];
};
constexpr Sixteenths sixteenths() {
    Sixteenths table{};
    for (int j = 0; j < 16; ++j)
        table.powers[j] = static_cast<float>(exact_exp(kLog2 * j / 16));
    return table;
}
inline constexpr Sixteenths kSixteenths = sixteenths();

// One instruction scales by 2 ** n and knows the ends of the range, NaN and infinity, as long as its other operand is
// a positive number: r, which is anything beyond the ends, is kept small.
PELLUCID_INLINE Vector<float> exp(Vector<float> x) {
    const auto [whole, n, r] = Apart<float, 16>::of(x);
    const Vector<float> small = (Vector<float>)_mm512_range_ps((__m512)r, (__m512)broadcast(0.5f), 0b0010);
    const Vector<float> power =
        (Vector<float>)_mm512_permutexvar_ps((__m512i)whole, _mm512_load_ps(kSixteenths.powers));
    const Vector<float> value = power + power * small * evaluate<float>(kGrowth<float, 16>, small);
    return (Vector<float>)_mm512_scalef_ps((__m512)value, (__m512)n);
}
PELLUCID_INLINE Vector<double> exp(Vector<double> x) {
    const auto [whole, n, r] = Apart<double>::of(x);
    const Vector<double> small = (Vector<double>)_mm512_range_pd((__m512d)r, (__m512d)broadcast(0.5), 0b0010);
    const Vector<double> value = 1 + small * evaluate<double>(kGrowth<double, 1>, small);
    return (Vector<double>)_mm512_scalef_pd((__m512d)value, (__m512d)n);
}

#else

template <class T>
PELLUCID_INLINE Vector<T> exponential(Vector<T> x) {
    const auto [whole, n, r] = Apart<T>::of(x);
    const Vector<T> value = 1 + r * evaluate<T>(kGrowth<T, 1>, r);
    // Adding to the exponent in place reaches up to the largest number, which 2 ** 128 alone would not.
    const Vector<T> scaled = from_bits<T>(bits_of<T>(value) + (whole << Form<T>::digits));
    const Vector<T> high = choose<T>(x <= Range<T>::most, scaled, x * T(kInfinity)); // infinity or NaN
    return choose<T>(x < Range<T>::least, Vector<T>{}, high);
}
PELLUCID_INLINE Vector<float> exp(Vector<float> x) {
    return exponential<float>(x);
}
PELLUCID_INLINE Vector<double> exp(Vector<double> x) {
    return exponential<double>(x);
}

#endif

// Of exp(r) - 1 = r + r * r * q(r).
template <class T>
inline constexpr auto kGrowthBeyondFirst = fit<sizeof(T) == 8 ? 12 : 5>(
    [](double r) { return series(0.5, [r](int k) { return r / (k + 2); }); }, -kLog2 / 2, kLog2 / 2);

// (exp(x) - 1) / 2 = 2 ** (n - 1) * (exp(r) - 1) + (2 ** (n - 1) - 1/2), for x that is not far beyond where exp(x) is a
// number, and not far below where it is nothing beside 1. Half of it: 2 ** n may be too large.
template <class T>
PELLUCID_INLINE Vector<T> half_growth(Vector<T> x) {
    const auto [whole, n, r] = Apart<T>::of(x);
    const Vector<T> growth = r + r * r * evaluate<T>(kGrowthBeyondFirst<T>, r);
    const Vector<T> half_power = power_of_two<T>(whole - 1);
    return half_power * growth + (half_power - T(0.5));
}

template <class T>
PELLUCID_INLINE Vector<T> exponential_less_one(Vector<T> x) {
    constexpr T least = -(Form<T>::digits + 3) * T(kLog2);
    const Vector<T> inside = // in this order NaN stays
        smaller<T>(broadcast(Range<T>::most + T(0.25)), larger<T>(broadcast(least), x));
    const Vector<T> half = half_growth<T>(inside);
    return with_sign_of<T>(x, absolute<T>(half + half)); // -0 stays -0
}
PELLUCID_INLINE Vector<float> expm1(Vector<float> x) {
    return exponential_less_one<float>(x);
}
PELLUCID_INLINE Vector<double> expm1(Vector<double> x) {
    return exponential_less_one<double>(x);
}

PELLUCID_INLINE Vector<float> sigmoid(Vector<float> x) {
    return 1 / (1 + exp(-x));
}
PELLUCID_INLINE Vector<double> sigmoid(Vector<double> x) {
    return 1 / (1 + exp(-x));
}

} // namespace pellucid::PELLUCID_LEVEL::math
