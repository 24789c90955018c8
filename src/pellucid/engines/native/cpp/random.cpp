#include "random.h"

#include <algorithm>
#include <bit>
#include <string_view>

namespace pellucid {

namespace {

// About how many examples are sorted together: few enough for all that this takes to stay in the nearest caches.
constexpr std::int64_t kPart = 2048;

// Counters that are worked on together; the compiler divides them into what the processor has.
constexpr int kWords = 8;
typedef std::uint32_t Words __attribute__((vector_size(4 * kWords)));

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
    Words counters = {0, 1, 2, 3, 4, 5, 6, 7};
    for (std::int64_t first = 0; first < count; first += 2 * kWords, counters += kWords) {
        Words pair[2] = {counters, Words{} + static_cast<std::uint32_t>(epoch)};
        threefry(pair[0], pair[1], keys);
        const std::int64_t last = std::min(first + 2 * kWords, count);
        for (std::int64_t example = first; example < last; ++example) {
            const std::uint64_t number = pair[(example - first) % 2][(example - first) / 2];
            take(number << 32 | static_cast<std::uint64_t>(example));
        }
    }
}

// How many bits tell `count` things from each other.
int bits_of(std::int64_t count) {
    return std::bit_width(static_cast<std::uint64_t>(count - 1));
}

// From how many things each place takes to where each place begins; returns how many the fullest takes.
std::uint32_t begin_after_each_other(std::vector<std::uint32_t>& places) {
    std::uint32_t begin = 0, most = 0;
    for (std::uint32_t& place : places) {
        const std::uint32_t size = place;
        place = begin;
        begin += size;
        most = std::max(most, size);
    }
    return most;
}

// Sort entries whose topmost bits are the same: by the bits below those first, which leaves little to do, as the
// numbers are random.
void sort_part(const std::uint64_t* entries, std::int64_t count, int same_bits, std::int32_t* order,
               std::uint64_t* sorted, std::vector<std::uint32_t>& buckets) {
    if (count < 2) {
        for (std::int64_t i = 0; i < count; ++i)
            order[i] = static_cast<std::int32_t>(entries[i]);
        return;
    }
    const int bits = bits_of(count) + 1;
    const auto bucket_of = [=](std::uint64_t entry) { return entry << same_bits >> (64 - bits); };
    buckets.assign(std::size_t{1} << bits, 0);
    for (std::int64_t i = 0; i < count; ++i)
        ++buckets[bucket_of(entries[i])];
    begin_after_each_other(buckets);
    for (std::int64_t i = 0; i < count; ++i)
        sorted[buckets[bucket_of(entries[i])]++] = entries[i];
    for (std::int64_t i = 1; i < count; ++i) {
        const std::uint64_t entry = sorted[i];
        std::int64_t place = i;
        for (; place > 0 && sorted[place - 1] > entry; --place)
            sorted[place] = sorted[place - 1];
        sorted[place] = entry;
    }
    for (std::int64_t i = 0; i < count; ++i)
        order[i] = static_cast<std::int32_t>(sorted[i]);
}

} // namespace

void shuffled_order(std::int64_t count, std::uint64_t seed, std::int64_t epoch, std::int32_t* order,
                    ShuffleMemory& memory) {
    if (count == 0)
        return;
    memory.entries.resize(static_cast<std::size_t>(count));
    std::uint64_t* const entries = memory.entries.data();
    const int bits = bits_of((count + kPart - 1) / kPart);
    if (bits == 0) {
        each_entry(count, seed, epoch,
                   [=](std::uint64_t entry) { entries[static_cast<std::uint32_t>(entry)] = entry; });
        memory.sorted.resize(static_cast<std::size_t>(count));
        return sort_part(entries, count, 0, order, memory.sorted.data(), memory.buckets);
    }
    memory.parts.assign(std::size_t{1} << bits, 0);
    std::uint32_t* const parts = memory.parts.data();
    each_entry(count, seed, epoch, [=](std::uint64_t entry) { ++parts[entry >> (64 - bits)]; });
    memory.sorted.resize(begin_after_each_other(memory.parts));
    each_entry(count, seed, epoch, [=](std::uint64_t entry) { entries[parts[entry >> (64 - bits)]++] = entry; });
    std::int64_t begin = 0;
    for (const std::int64_t end : memory.parts) {
        sort_part(entries + begin, end - begin, bits, order + begin, memory.sorted.data(), memory.buckets);
        begin = end;
    }
}

} // namespace pellucid
