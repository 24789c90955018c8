// log, log1p and softplus.
//
// x is taken apart into 2 ** n * m, m being near 1: log(x) = n * log(2) + log(m).
#pragma once

#include "math_bits.h"
#include "math_exponential.h"
#include "math_fit.h"

namespace pellucid::PELLUCID_LEVEL::math {

#if !defined(__AVX512F__)
// Of log(1 + f) = f - f * f / 2 + f ** 3 * q(f), where 1 + f is between the roots of 1/2 and 2.
inline constexpr auto kLogBeyondSecond =
    fit<9>([](double f) { return series(1.0 / 3, [f](int k) { return -f * (k + 2) / (k + 3); }); }, -0.2929, 0.4143);
#endif

// Of 2 * atanh(s) = 2 * s + s ** 3 * p(s * s): Taylor's, for |s| <= 0.172.
constexpr Polynomial<10> taylor_of_atanh() {
    Polynomial<10> p;
    for (int k = 0; k < 10; ++k)
        p.coefficients[k] = 2.0 / (2 * k + 3);
    return p;
}
inline constexpr Polynomial<10> kAtanhBeyondFirst = taylor_of_atanh();

// log(1 + f) + n * log(2), 1 + f being between the roots of 1/2 and 2; the largest terms are added last.
#if !defined(__AVX512F__)
PELLUCID_INLINE Vector<float> log_near_one(Vector<float> f, Vector<float> n) {
    const Vector<float> square = f * f;
    const Vector<float> tail = f * square * evaluate<float>(kLogBeyondSecond, f) + n * Log2<float>::low;
    return (f + (tail - 0.5f * square)) + n * Log2<float>::high;
}
#endif
PELLUCID_INLINE Vector<double> log_near_one(Vector<double> f, Vector<double> n) {
    // With s = f / (2 + f), log(1 + f) = 2 * atanh(s) and 2 * s = f - s * f = f - f * f / 2 + s * f * f / 2.
    const Vector<double> s = f / (2 + f), z = s * s, half_square = 0.5 * f * f;
    const Vector<double> rest = s * (half_square + z * evaluate<double>(kAtanhBeyondFirst, z));
    return n * Log2<double>::high - ((half_square - (rest + n * Log2<double>::low)) - f);
}

// log where x is neither a positive number nor to be found so.
template <class T>
PELLUCID_INLINE Vector<T> logarithm(Vector<T> x) {
    const Vector<T> scale = broadcast(T(1ll << (Form<T>::digits + 1)));
    constexpr auto root_of_half =
        static_cast<typename MaskOf<T>::type>(sizeof(T) == 8 ? 0x3fe6a09e667f3bcdll : 0x3f3504f3ll);
    const Mask<T> tiny = x < T(sizeof(T) == 8 ? 2.2250738585072014e-308 : 1.17549435e-38); // not normal
    const Mask<T> bits = bits_of<T>(choose<T>(tiny, x * scale, x));
    const Mask<T> n = (bits - root_of_half) >> Form<T>::digits;
    const Vector<T> m = from_bits<T>(bits - (n << Form<T>::digits));
    const Mask<T> shift = tiny & (Form<T>::digits + 1);
    const Vector<T> result = log_near_one(m - 1, __builtin_convertvector(n - shift, Vector<T>));
    const Vector<T> beyond = choose<T>(x == 0, broadcast(-T(kInfinity)), broadcast(T(__builtin_nan(""))));
    return choose<T>(x > 0, choose<T>(x < T(kInfinity), result, x), beyond);
}

#if defined(__AVX512F__)

// For m from 3/4 to 3/2, where the first five digits of its fraction are j, log(m) = log(m * c) - log(c). 1 / c is the
// end of the interval that is nearer to 1: so both parts have one sign, and nothing is lost where x is near 1.
struct Reciprocals {
    Table reciprocals, logarithms;
};
constexpr Reciprocals reciprocals() {
    Reciprocals table{};
    for (int j = 0; j < 32; ++j) {
        table.reciprocals.numbers[j] = static_cast<float>(j < 16 ? 32.0 / (32 + j) : 64.0 / (33 + j));
        table.logarithms.numbers[j] =
            static_cast<float>(-exact_log1p(static_cast<double>(table.reciprocals.numbers[j]) - 1));
    }
    return table;
}
inline constexpr Reciprocals kReciprocals = reciprocals();

// Of log(1 + r) = r * q(r).
inline constexpr auto kLog =
    fit<4>([](double r) { return series(1, [r](int k) { return -r * k / (k + 1); }); }, -1.0 / 48, 1.0 / 32);

// The instructions that take x apart give -infinity for 0, infinity for infinity, and NaN for negative numbers.
PELLUCID_INLINE Vector<float> log(Vector<float> x) {
    const __m512 m = _mm512_getmant_ps((__m512)x, _MM_MANT_NORM_p75_1p5, _MM_MANT_SIGN_nan);
    const Vector<float> n = (Vector<float>)(_mm512_getexp_ps((__m512)x) - _mm512_getexp_ps(m));
    const Mask<float> j = bits_of<float>((Vector<float>)m) >> (Form<float>::digits - 5);
    const Vector<float> r = (Vector<float>)m * look_up(kReciprocals.reciprocals, j) - 1;
    return n * float(kLog2) + look_up(kReciprocals.logarithms, j) + r * evaluate<float>(kLog, r);
}

#else
PELLUCID_INLINE Vector<float> log(Vector<float> x) {
    return logarithm<float>(x);
}
#endif
PELLUCID_INLINE Vector<double> log(Vector<double> x) {
    return logarithm<double>(x);
}

// log(1 + x) is log(u) and what the rounding of u = 1 + x took away, divided by u.
template <class T>
PELLUCID_INLINE Vector<T> logarithm_of_one_more(Vector<T> x) {
    const Vector<T> u = 1 + x;
    const Vector<T> lost = choose<T>(x > 1, 1 - (u - x), x - (u - 1));
    const Vector<T> result = log(u) + choose<T>((u > 0) & (u < T(kInfinity)), lost / u, Vector<T>{});
    return choose<T>(absolute<T>(x) < T(1e-20), x, result);
}
PELLUCID_INLINE Vector<float> log1p(Vector<float> x) {
    return logarithm_of_one_more<float>(x);
}
PELLUCID_INLINE Vector<double> log1p(Vector<double> x) {
    return logarithm_of_one_more<double>(x);
}

// Of log(1 + e) = e + e * e * q(u) for e from 0 to 1, where u = e - 1/2; so 1 + e = 2 * (1 + (u - 1/2) / 2).
inline constexpr auto kLogOfOneMore = fit<10>(
    [](double u) {
        const double e = u + 0.5;
        return (kLog2 + exact_log1p((u - 0.5) / 2) - e) / (e * e);
    },
    -0.5, 0.5);

// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|))
PELLUCID_INLINE Vector<float> softplus(Vector<float> x) {
    const Vector<float> e = exp(-absolute<float>(x));
    const Vector<float> beyond_larger = e + e * e * evaluate<float>(kLogOfOneMore, e - 0.5f);
    return larger<float>(x, Vector<float>{}) + beyond_larger;
}
PELLUCID_INLINE Vector<double> softplus(Vector<double> x) {
    return larger<double>(x, Vector<double>{}) + log1p(exp(-absolute<double>(x)));
}

} // namespace pellucid::PELLUCID_LEVEL::math
