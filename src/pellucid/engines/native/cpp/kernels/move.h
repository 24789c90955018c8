// Numbers that move as they are: from one place to another, row by row or turned round.
#pragma once

#include <type_traits>

#include "convert.h"

namespace pellucid::PELLUCID_LEVEL {

// Copies a row of at least `size` bytes: so many at a time, the last of them where the row ends. 0: of any length.
template <std::int64_t size>
PELLUCID_INLINE void move_row(std::byte* to, const std::byte* from, std::int64_t bytes) {
    if constexpr (size == 0) {
        std::memcpy(to, from, static_cast<std::size_t>(bytes));
    } else {
        for (std::int64_t place = 0; place < bytes - size; place += size)
            std::memcpy(to + place, from + place, size);
        std::memcpy(to + bytes - size, from + bytes - size, size);
    }
}

// Calls `work` with the function that is quickest for rows of so many bytes.
template <class Work>
PELLUCID_INLINE void with_mover(std::int64_t bytes, Work work) {
    constexpr std::int64_t long_row = 2048; // here the C library is quicker
    const auto call = [&work]<std::int64_t size>(std::integral_constant<std::int64_t, size>) {
        work([](std::byte* to, const std::byte* from, std::int64_t row) { move_row<size>(to, from, row); });
    };
    if (bytes >= long_row || bytes == 0)
        return call(std::integral_constant<std::int64_t, 0>{});
    if (bytes >= kBytes)
        return call(std::integral_constant<std::int64_t, kBytes>{});
    if (bytes >= 16)
        return call(std::integral_constant<std::int64_t, 16>{});
    if (bytes >= 8)
        return call(std::integral_constant<std::int64_t, 8>{});
    if (bytes >= 4)
        return call(std::integral_constant<std::int64_t, 4>{});
    if (bytes >= 2)
        return call(std::integral_constant<std::int64_t, 2>{});
    call(std::integral_constant<std::int64_t, 1>{});
}

// Copies a matrix. Both sides have the same dtype, and nothing overlaps.
void move_numbers(const Strided& to, const Strided& from, std::int64_t rows, std::int64_t columns);

} // namespace pellucid::PELLUCID_LEVEL
