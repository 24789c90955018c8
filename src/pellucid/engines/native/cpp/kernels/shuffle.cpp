#include <algorithm>
#include <bit>
#include <string_view>
#include <utility>

#include "counters.h"
#include "kernels.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

// About how many examples are sorted together: few enough for all that this takes to stay in the nearest caches.
constexpr std::int64_t kPart = 2048;
constexpr int kMostBits = 12; // that entries are sorted by

std::uint32_t number_of(std::string_view name, std::uint32_t number) {
    for (const char letter : name)
        number = 31 * number + static_cast<unsigned char>(letter);
    return number;
}

// A random number with its example behind it: the order of such entries is that of the numbers, and among equal
// numbers that of the examples. Each goes to `take`, in the order of the examples.
//
// Where entries are needed twice, they are made twice: that is quicker than reading them from memory.
template <class Take>
void each_entry(std::int64_t count, std::uint64_t seed, std::int64_t epoch, Take take) {
    const ThreefryKeys keys(static_cast<std::uint32_t>(seed),
                            number_of("shuffle", static_cast<std::uint32_t>(seed >> 32)));
    std::uint32_t numbers[kCounted];
    for (std::int64_t first = 0; first < count; first += kCounted) {
        const auto [low, high] = counted(first / kCounted, static_cast<std::uint32_t>(epoch), keys);
        std::memcpy(numbers, &low, sizeof low);
        std::memcpy(numbers + kWords, &high, sizeof high);
        const std::int64_t last = std::min(first + kCounted, count);
        for (std::int64_t example = first; example < last; ++example)
            take(std::uint64_t{numbers[example - first]} << 32 | static_cast<std::uint64_t>(example));
    }
}

// How many bits tell `count` things from each other.
int bits_of(std::int64_t count) {
    return std::bit_width(static_cast<std::uint64_t>(count - 1));
}

// From how many things each place takes to where each place begins.
void begin_after_each_other(std::uint32_t* places, std::int64_t count) {
    std::uint32_t begin = 0;
    for (std::int64_t i = 0; i < count; ++i)
        begin += std::exchange(places[i], begin);
}

// Sort entries whose topmost bits are the same by what follows. As the numbers are random, about twice as many places as
// there are entries leave few neighbours in the wrong order.
void sort_part(const std::uint64_t* entries, std::int64_t count, int same_bits, std::int32_t* order,
               std::uint64_t* sorted) {
    const int bits = std::min(bits_of(count) + 1, kMostBits), shift = 64 - same_bits - bits;
    const std::uint64_t last = (std::uint64_t{1} << bits) - 1;
    std::uint32_t places[1 << kMostBits];
    std::fill_n(places, last + 1, 0);
    for (std::int64_t i = 0; i < count; ++i)
        ++places[entries[i] >> shift & last];
    begin_after_each_other(places, static_cast<std::int64_t>(last) + 1);
    for (std::int64_t i = 0; i < count; ++i)
        sorted[places[entries[i] >> shift & last]++] = entries[i];
    for (std::int64_t i = 1; i < count; ++i)
        for (std::int64_t place = i; place > 0 && sorted[place - 1] > sorted[place]; --place)
            std::swap(sorted[place - 1], sorted[place]);
    for (std::int64_t i = 0; i < count; ++i)
        order[i] = static_cast<std::int32_t>(sorted[i]);
}

} // namespace

void shuffle(std::int64_t count, std::uint64_t seed, std::int64_t epoch, std::int32_t* order, ShuffleMemory& memory) {
    if (count == 0)
        return;
    memory.entries.resize(static_cast<std::size_t>(count));
    std::uint64_t* const entries = memory.entries.data();
    const int bits = bits_of((count + kPart - 1) / kPart);
    if (bits == 0) {
        each_entry(count, seed, epoch,
                   [=](std::uint64_t entry) { entries[static_cast<std::uint32_t>(entry)] = entry; });
        memory.sorted.resize(static_cast<std::size_t>(count));
        return sort_part(entries, count, 0, order, memory.sorted.data());
    }
    memory.parts.assign(std::size_t{1} << bits, 0);
    std::uint32_t* const parts = memory.parts.data();
    each_entry(count, seed, epoch, [=](std::uint64_t entry) { ++parts[entry >> (64 - bits)]; });
    memory.sorted.resize(*std::max_element(memory.parts.begin(), memory.parts.end()));
    begin_after_each_other(parts, static_cast<std::int64_t>(memory.parts.size()));
    each_entry(count, seed, epoch, [=](std::uint64_t entry) { entries[parts[entry >> (64 - bits)]++] = entry; });
    std::int64_t begin = 0;
    for (const std::int64_t end : memory.parts) {
        sort_part(entries + begin, end - begin, bits, order + begin, memory.sorted.data());
        begin = end;
    }
}

} // namespace pellucid::PELLUCID_LEVEL
