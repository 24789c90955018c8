#include "rows.h"

#include <cstring>

namespace pellucid {

namespace {

// A row of known size is copied by one or two moves.
template <std::int64_t bytes>
void gather(std::byte* to, const std::byte* from, const std::int32_t* order, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i)
        std::memcpy(to + i * bytes, from + order[i] * bytes, bytes);
}

void gather(std::byte* to, const std::byte* from, std::int64_t bytes, const std::int32_t* order, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i)
        std::memcpy(to + i * bytes, from + order[i] * bytes, static_cast<std::size_t>(bytes));
}

} // namespace

void copy_rows(std::byte* to, const std::byte* from, std::int64_t bytes, const std::int32_t* order,
               std::int64_t count) {
    if (order == nullptr) {
        if (count > 0 && bytes > 0)
            std::memcpy(to, from, static_cast<std::size_t>(count * bytes));
        return;
    }
    switch (bytes) {
    case 1: return gather<1>(to, from, order, count);
    case 2: return gather<2>(to, from, order, count);
    case 4: return gather<4>(to, from, order, count);
    case 8: return gather<8>(to, from, order, count);
    case 12: return gather<12>(to, from, order, count);
    case 16: return gather<16>(to, from, order, count);
    case 24: return gather<24>(to, from, order, count);
    case 32: return gather<32>(to, from, order, count);
    case 64: return gather<64>(to, from, order, count);
    default: return gather(to, from, bytes, order, count);
    }
}

} // namespace pellucid
