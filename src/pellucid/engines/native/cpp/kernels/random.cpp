#include "../random.h"

#include <algorithm>
#include <utility>

#include "grid.h"
#include "kernels.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

typedef std::uint32_t Words __attribute__((vector_size(kBytes)));
typedef std::int32_t Whole __attribute__((vector_size(kBytes)));

constexpr int kWords = lanes<float>;
constexpr std::int64_t kBlock = 2 * kWords; // numbers that come from two vectors of counters

// A whole number below 2 ** 64 in two registers: the nearest double, and what it lacks.
std::uint64_t whole_number(double nearest, double rest) {
    constexpr double unit = 4294967296.0; // 2 ** 32
    const double high = __builtin_floor(nearest / unit);
    const auto bits = [](double number) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(number)); };
    return (bits(high) << 32) + bits(nearest - high * unit) + bits(rest);
}

template <int... lane>
PELLUCID_INLINE Words count_up(std::integer_sequence<int, lane...>) {
    return Words{lane...};
}

// Numbers of a and b in turn: those of their first halves, or of their second ones.
template <int first, int... lane>
PELLUCID_INLINE Words in_turn(Words a, Words b, std::integer_sequence<int, lane...>) {
    return __builtin_shufflevector(a, b, (first + lane / 2 + lane % 2 * kWords)...);
}

// From 0 to 1, without 1: the upper 24 bits, which a float holds exactly.
PELLUCID_INLINE Vector<float> fractions(Words bits) {
    return __builtin_convertvector(reinterpret_cast<Whole>(bits >> 8), Vector<float>) * 0x1p-24f;
}

} // namespace

// Numbers 2 i and 2 i + 1 are made of the counters (i, step).
void random(const Work& work, Context& context) {
    const std::int64_t numbers = work.extents[0];
    if (numbers == 0)
        return;
    const Share blocks = share_of(pieces(numbers, kBlock), numbers, context);
    const std::uint64_t seed = whole_number(context.registers[work.options[0]], context.registers[work.options[1]]);
    const auto step = static_cast<std::uint32_t>(static_cast<std::int64_t>(context.registers[work.options[2]]));
    const auto stream = static_cast<std::uint32_t>(work.options[3]),
               power = static_cast<std::uint32_t>(work.options[4]);
    const ThreefryKeys keys(static_cast<std::uint32_t>(seed), stream + static_cast<std::uint32_t>(seed >> 32) * power);
    constexpr auto each = std::make_integer_sequence<int, kWords>{};
    float* const start = start_of<float>(work.tensors[0], context);
    for (std::int64_t block = blocks.first; block < blocks.last; ++block) {
        Words a = count_up(each) + static_cast<std::uint32_t>(block * kWords), b = Words{} + step;
        threefry(a, b, keys);
        const Vector<float> low = fractions(in_turn<0>(a, b, each)), high = fractions(in_turn<kWords / 2>(a, b, each));
        float* const to = start + block * kBlock;
        const std::int64_t left = numbers - block * kBlock;
        if (left >= kBlock) {
            store(to, low);
            store(to + kWords, high);
        } else {
            store_first(to, low, static_cast<int>(std::min<std::int64_t>(left, kWords)));
            if (left > kWords)
                store_first(to + kWords, high, static_cast<int>(left) - kWords);
        }
    }
}

} // namespace pellucid::PELLUCID_LEVEL
