// Random numbers that depend on a seed, a stream and a step alone: Threefry-2x32-20 (Salmon et al., 2011), with the
// bits of random_bits in ops/formulas.py.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pellucid {

struct ThreefryKeys {
    std::uint32_t keys[3];

    ThreefryKeys(std::uint32_t first, std::uint32_t second) : keys{first, second, first ^ second ^ 0x1BD11BDA} {}
};

// Turn counters (a, b) into random bits in place. Words: std::uint32_t, or a vector of it.
template <class Words>
static inline __attribute__((always_inline)) void threefry(Words& a, Words& b, const ThreefryKeys& key) {
    constexpr int turns[8] = {13, 15, 26, 6, 17, 29, 16, 24};
    a += key.keys[0];
    b += key.keys[1];
#pragma GCC unroll 5
    for (std::uint32_t group = 0; group < 5; ++group) {
#pragma GCC unroll 4
        for (int round = 0; round < 4; ++round) {
            const int turn = turns[group % 2 * 4 + round];
            a += b;
            b = (b << turn | b >> (32 - turn)) ^ a;
        }
        a += key.keys[(group + 1) % 3];
        b += key.keys[(group + 2) % 3] + (group + 1);
    }
}

// The memory of a Shuffle, kept from one epoch to the next.
struct ShuffleMemory {
    std::vector<std::uint64_t> entries, sorted;
    std::vector<std::uint32_t> parts;
};

// The order in which an epoch (below 2 ** 32) visits `count` (below 2 ** 31) examples:
// np.argsort(random_bits(count, seed, "shuffle", [epoch])[0], kind="stable").
using Shuffle = void (*)(std::int64_t count, std::uint64_t seed, std::int64_t epoch, std::int32_t* order,
                         ShuffleMemory& memory);

} // namespace pellucid
