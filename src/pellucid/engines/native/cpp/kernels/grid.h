// The fixed grid that a kernel's work is cut into, the share of a thread, and the way through the outer axes.
//
// Sizes alone decide the grid, so that results have the same bits for any number of threads.
#pragma once

#include "vector.h"

namespace pellucid::PELLUCID_LEVEL {

// Below so many numbers one thread is done before a second one would have begun.
inline constexpr std::int64_t kSmall = 4096;

// Units of work from the first up to the last, without it.
struct Share {
    std::int64_t first, last;
};
PELLUCID_INLINE Share share_of(std::int64_t units, std::int64_t numbers, const Context& context) {
    if (numbers <= kSmall)
        return {0, context.thread == 0 ? units : 0};
    if (context.threads == 1)
        return {0, units}; // a division takes as long as a small tile
    return {units * context.thread / context.threads, units * (context.thread + 1) / context.threads};
}

PELLUCID_INLINE std::int64_t product(const std::int64_t* extents, int axes) {
    std::int64_t numbers = 1;
    for (int axis = 0; axis < axes; ++axis)
        numbers *= extents[axis];
    return numbers;
}

// How many whole pieces end before a place. A division takes as long as a small tile, and a small work needs none.
PELLUCID_INLINE std::int64_t quotient(std::int64_t place, std::int64_t size) {
    return place < size ? 0 : place / size;
}

// A place on some outer axes, none of which is empty, counted like the hands of a clock.
class Index {
public:
    Index(const Work& work, int axes, std::int64_t place) : extents_(work.extents), axes_(axes) {
        for (int axis = axes - 1; axis >= 0; --axis) {
            const std::int64_t rest = quotient(place, extents_[axis]);
            index_[axis] = place - rest * extents_[axis];
            place = rest;
        }
    }
    void next() {
        for (int axis = axes_ - 1; axis >= 0; --axis) {
            if (++index_[axis] < extents_[axis])
                return;
            index_[axis] = 0;
        }
    }
    const std::int64_t* data() const { return index_; }

private:
    const std::int64_t* extents_;
    int axes_;
    std::int64_t index_[kAxes];
};

// How many pieces there are; of nothing, one.
PELLUCID_INLINE std::int64_t pieces(std::int64_t number, std::int64_t size) {
    return number <= size ? 1 : (number + size - 1) / size;
}

// Calls a kernel's template for the lanes of its work.
#define PELLUCID_FOR_LANES(function, work, context)                    \
    switch ((work).lanes) {                                            \
    case Dtype::float64: return function<double>(work, context);       \
    case Dtype::int64: return function<std::int64_t>(work, context);   \
    case Dtype::uint64: return function<std::uint64_t>(work, context); \
    default: return function<float>(work, context);                    \
    }

} // namespace pellucid::PELLUCID_LEVEL
