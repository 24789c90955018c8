// tanh and erf: odd functions that rise to 1 and stay there.
#pragma once

#include <cmath>

#include "math_bits.h"
#include "math_exponential.h"
#include "math_fit.h"

namespace pellucid::PELLUCID_LEVEL::math {

// A polynomial for each piece, in the distance from where the piece begins. The piece of a number |x| is in the first
// bits of 1 + scale * |x|: the last two of the exponent and the next of the fraction, for there are as many pieces from
// 1 to 2 as from 2 to 4, from 4 to 8 and from 8 to 16. So pieces get wider where the function gets flatter. In the
// last one it is 1, to the precision of float, and larger numbers are taken for that one.
template <int count>
struct Pieces {
    float scale;
    Table starts, coefficients[count];
};
template <int count, class Function>
constexpr Pieces<count> fit_pieces(Function function, float scale) {
    constexpr int pieces = 1 << kTableBits, to_double = pieces / 4;
    Pieces<count> fitted{scale, {}, {}};
    for (int piece = 0; piece < pieces; ++piece) {
        const double octave = 1 << piece / to_double, part = 1.0 / to_double;
        const float start = static_cast<float>((octave * (1 + piece % to_double * part) - 1) / scale);
        const double width = octave * part / scale;
        Polynomial<count> p;
        if (piece == 0) { // 0 at 0, and nothing but 0
            const auto slope = fit<count - 1>([&](double t) { return function(t) / t; }, 0, width);
            for (int k = 1; k < count; ++k)
                p.coefficients[k] = slope.coefficients[k - 1];
        } else {
            p = fit<count>([&](double t) { return function(start + t); }, 0, width);
        }
        const int bits = (piece + 3 * to_double) % pieces; // from 1 to 2 the last two bits of the exponent are 11
        fitted.starts.numbers[bits] = start;
        for (int k = 0; k < count; ++k)
            fitted.coefficients[k].numbers[bits] = static_cast<float>(p.coefficients[k]);
    }
    return fitted;
}

template <int count>
PELLUCID_INLINE Vector<float> evaluate_odd(const Pieces<count>& pieces, Vector<float> x) {
    const Vector<float> last = broadcast(14.5f / pieces.scale);
    const Vector<float> inside = smaller<float>(last, absolute<float>(x)); // in this order NaN stays
    const Mask<float> piece = bits_of<float>(inside * pieces.scale + 1) >> (Form<float>::digits + 2 - kTableBits);
    const Vector<float> t = inside - look_up(pieces.starts, piece);
    Vector<float> value = look_up(pieces.coefficients[count - 1], piece);
#pragma GCC unroll 8
    for (int k = count - 2; k >= 0; --k)
        value = value * t + look_up(pieces.coefficients[k], piece);
    return with_sign_of<float>(x, value);
}

inline constexpr auto kTanh = fit_pieces<(kTableBits == 3 ? 7 : 5)>(exact_tanh, 1.55f);
inline constexpr auto kErf = fit_pieces<(kTableBits == 3 ? 8 : 5)>(exact_erf, 3.5f);

PELLUCID_INLINE Vector<float> tanh(Vector<float> x) {
    return evaluate_odd(kTanh, x);
}
PELLUCID_INLINE Vector<float> erf(Vector<float> x) {
    return evaluate_odd(kErf, x);
}

// With h = (exp(2 * x) - 1) / 2, tanh(x) is h / (h + 1).
PELLUCID_INLINE Vector<double> tanh(Vector<double> x) {
    const Vector<double> inside = smaller<double>(broadcast(20.0), absolute<double>(x)); // beyond, it is 1
    const Vector<double> h = half_growth<double>(2 * inside);
    return with_sign_of<double>(x, h / (h + 1));
}
PELLUCID_INLINE Vector<double> erf(Vector<double> x) {
    return each<double>(x, [](double number) { return std::erf(number); });
}

} // namespace pellucid::PELLUCID_LEVEL::math
