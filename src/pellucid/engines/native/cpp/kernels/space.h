// Windows that move over space: where they lie, and what lies under them.
//
// An array has three axes of space and channels, which lie side by side. A window may reach beyond the array; what lies
// there does not exist.
#pragma once

#include <algorithm>

#include "vector.h"

namespace pellucid::PELLUCID_LEVEL {

// ------------------------------------------------------------ sizes
// From the first up to the last, without it.
struct Span {
    std::int64_t first, last;
    std::int64_t size() const { return last - first; }
};

// One axis of space: the array's size, and how the window moves along it.
struct Axis {
    std::int64_t size, places, window, stride, before;

    // What lies under the window at one of its places: never nothing.
    Span under(std::int64_t place) const {
        const std::int64_t start = place * stride - before;
        return {std::max<std::int64_t>(start, 0), std::min(start + window, size)};
    }
    // That, and what lies between it and the next place or the end. Where windows do not overlap, every number of the
    // array is owned by one place.
    Span owned(std::int64_t place) const {
        return {under(place).first, place + 1 == places ? size : under(place + 1).first};
    }
    bool overlaps() const { return stride < window && places > 1; }
    bool has_gaps() const { return (stride > window && places > 1) || under(places - 1).last < size; }
};

struct Space {
    explicit Space(const Work& work) : channels(work.extents[1]) {
        const std::int64_t* option = work.options + 1;
        for (Axis& axis : axes) {
            axis = {option[0], option[1], option[2], option[3], option[4]};
            option += 5;
            overlaps |= axis.overlaps();
            has_gaps |= axis.has_gaps();
        }
        const Axis& wide = axes[2];
        row = wide.size * channels;
        plane = axes[1].size * row;
        all = axes[0].size * plane;
        rows = axes[0].places * axes[1].places;
        const std::int64_t space = wide.size + wide.before - wide.window;
        inside = space < 0 ? 0 : space / wide.stride + 1;
    }

    Axis axes[3];
    std::int64_t channels;
    std::int64_t row, plane, all; // how many numbers
    std::int64_t rows;            // of places, in an example
    std::int64_t inside;          // at so many places of a row, from the first, the window ends within the array
    bool overlaps = false;        // whether windows do
    bool has_gaps = false;        // whether there are numbers under no window
};

// ------------------------------------------------------------ boxes
// The numbers of one channel under a window: how many along each axis, and how far apart they lie.
struct Box {
    std::int64_t depth, height, width;
    std::int64_t plane, row, column;
    std::int64_t count() const { return depth * height * width; }
};

// A box of two by two, the most common one by far.
struct Square {
    std::int64_t row, column;
    static std::int64_t count() { return 4; }
};

// Calls visit(distance from the first, which) for every number of a box, row by row.
template <class Visit>
PELLUCID_INLINE void for_numbers(const Box& box, Visit visit) {
    std::int64_t number = 0;
    for (std::int64_t depth = 0; depth < box.depth; ++depth)
        for (std::int64_t height = 0; height < box.height; ++height) {
            std::int64_t at = depth * box.plane + height * box.row;
            for (std::int64_t width = 0; width < box.width; ++width, at += box.column)
                visit(at, number++);
        }
}
template <class Visit>
PELLUCID_INLINE void for_numbers(const Square& box, Visit visit) {
    visit(0, 0);
    visit(box.column, 1);
    visit(box.row, 2);
    visit(box.row + box.column, 3);
}

} // namespace pellucid::PELLUCID_LEVEL
