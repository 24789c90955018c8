// Counters turned into random bits, as many as fit into two vectors at a time.
#pragma once

#include "../random.h"
#include "vector.h"

namespace pellucid::PELLUCID_LEVEL {

typedef std::uint32_t Words __attribute__((vector_size(kBytes)));

inline constexpr int kWords = lanes<float>;
inline constexpr std::int64_t kCounted = 2 * kWords; // numbers that come from two vectors of counters

// Numbers of a and b in turn: those of their first halves, or of their second ones.
template <int first, int... lane>
PELLUCID_INLINE Words in_turn(Words a, Words b, std::integer_sequence<int, lane...>) {
    return __builtin_shufflevector(a, b, (first + lane / 2 + lane % 2 * kWords)...);
}

struct Counted {
    Words low, high;
};

// Numbers kCounted * block and those that follow it. Numbers 2 i and 2 i + 1 are made of the counters (i, step).
PELLUCID_INLINE Counted counted(std::int64_t block, std::uint32_t step, const ThreefryKeys& keys) {
    constexpr auto each = std::make_integer_sequence<int, kWords>{};
    Words a = count_up<Words>(each) + static_cast<std::uint32_t>(block * kWords), b = Words{} + step;
    threefry(a, b, keys);
    return {in_turn<0>(a, b, each), in_turn<kWords / 2>(a, b, each)};
}

} // namespace pellucid::PELLUCID_LEVEL
