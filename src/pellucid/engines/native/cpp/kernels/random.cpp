#include <algorithm>

#include "counters.h"
#include "grid.h"
#include "kernels.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

typedef std::int32_t Whole __attribute__((vector_size(kBytes)));

// A whole number below 2 ** 64 in two registers: the nearest double, and what it lacks.
std::uint64_t whole_number(double nearest, double rest) {
    constexpr double unit = 4294967296.0; // 2 ** 32
    const double high = __builtin_floor(nearest / unit);
    const auto bits = [](double number) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(number)); };
    return (bits(high) << 32) + bits(nearest - high * unit) + bits(rest);
}

// From 0 to 1, without 1: the upper 24 bits, which a float holds exactly.
PELLUCID_INLINE Vector<float> fractions(Words bits) {
    return __builtin_convertvector(reinterpret_cast<Whole>(bits >> 8), Vector<float>) * 0x1p-24f;
}

} // namespace

void random(const Work& work, Context& context) {
    const std::int64_t numbers = work.extents[0];
    if (numbers == 0)
        return;
    const Share blocks = share_of(pieces(numbers, kCounted), numbers, context);
    const std::uint64_t seed = whole_number(context.registers[work.options[0]], context.registers[work.options[1]]);
    const auto step = static_cast<std::uint32_t>(static_cast<std::int64_t>(context.registers[work.options[2]]));
    const auto stream = static_cast<std::uint32_t>(work.options[3]),
               power = static_cast<std::uint32_t>(work.options[4]);
    const ThreefryKeys keys(static_cast<std::uint32_t>(seed), stream + static_cast<std::uint32_t>(seed >> 32) * power);
    float* const start = start_of<float>(work.tensors[0], context);
    for (std::int64_t block = blocks.first; block < blocks.last; ++block) {
        const auto [first, second] = counted(block, step, keys);
        const Vector<float> low = fractions(first), high = fractions(second);
        float* const to = start + block * kCounted;
        const std::int64_t left = numbers - block * kCounted;
        if (left >= kCounted) {
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
