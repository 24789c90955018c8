// Pooling: what is made of the numbers under a window, at each of its places, and the way back. Vectors hold channels:
// each lane is pooled for itself.
#include <algorithm>

#include "grid.h"
#include "kernels.h"
#include "space.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

// ------------------------------------------------------------ channels
template <class T, int count>
struct PackOf {
    typedef T type __attribute__((vector_size(count * sizeof(T)), aligned(sizeof(T)), may_alias));
};

// Some channels side by side: as many as a vector holds or, of those that are left, half as many, and so on.
template <class T, int count>
struct Channels {
    static constexpr int width = count == 1 ? 2 : count; // compilers are at a loss with vectors of one number
    using Number = typename MaskOf<T>::type;
    using Pack = typename PackOf<T, width>::type;
    using Mask = typename PackOf<Number, width>::type;

    static Pack load(const T* from) {
        if constexpr (count == 1)
            return Pack{*from};
        else
            return *reinterpret_cast<const Pack*>(from);
    }
    static void store(T* to, Pack numbers) {
        if constexpr (count == 1)
            *to = numbers[0];
        else
            *reinterpret_cast<Pack*>(to) = numbers;
    }
    static Mask everywhere(std::int64_t number) { return static_cast<Number>(number) - Mask{}; }

    // Numbers of entries, which memory has as bytes.
    using Bytes = typename PackOf<std::uint8_t, width>::type;
    static Mask load_entries(const std::uint8_t* from) {
        if constexpr (count == 1)
            return Mask{*from};
        else
            return __builtin_convertvector(*reinterpret_cast<const Bytes*>(from), Mask);
    }
    static void store_entries(std::uint8_t* to, Mask entries) {
        if constexpr (count == 1)
            *to = static_cast<std::uint8_t>(entries[0]);
        else
            *reinterpret_cast<Bytes*>(to) = __builtin_convertvector(entries, Bytes);
    }
};

// The arrays of a pooling: an example of each.
template <class T>
struct Example {
    T* result;
    const T *first, *second; // the inputs; there may be only one
    std::uint8_t* entries;   // if there are any
};

// ------------------------------------------------------------ from numbers to places
// A pooling is a function at(example, shape of the box, first number of the box, place in the array of places) for some
// channels: that is where the two arrays have the first of these channels.

// Looks for the largest number of a box. Calls won(where, distance, which) for each of its numbers, in their order:
// where it takes the place of the largest so far. Of equal ones the first stays, and so does the first NaN.
template <class T, int count, class Shape, class Won>
PELLUCID_INLINE auto find_largest(const T* x, const Shape& shape, Won won) {
    using Some = Channels<T, count>;
    typename Some::Pack largest = {};
    for_numbers(shape, [&](std::int64_t at, std::int64_t which) {
        const auto number = Some::load(x + at);
        typename Some::Mask wins = ~(number <= largest) & (largest == largest);
        if (which == 0)
            wins = Some::everywhere(-1);
        largest = wins ? number : largest;
        won(wins, at, which);
    });
    return largest;
}

// The same, and which number of the box it is goes to `entry`.
template <class T, int count, class Shape>
PELLUCID_INLINE auto find_entry(const T* x, const Shape& shape, typename Channels<T, count>::Mask& entry) {
    return find_largest<T, count>(x, shape, [&](auto wins, std::int64_t, std::int64_t which) {
        entry = wins ? Channels<T, count>::everywhere(which) : entry;
    });
}

struct Largest {
    template <class T, int count, class Shape>
    PELLUCID_INLINE void at(const Example<T>& example, const Shape& shape, std::int64_t box, std::int64_t place) {
        const auto ignore = [](auto, std::int64_t, std::int64_t) {};
        Channels<T, count>::store(example.result + place, find_largest<T, count>(example.first + box, shape, ignore));
    }
};

// The largest number, and which of the box it is.
struct LargestAndEntry {
    template <class T, int count, class Shape>
    PELLUCID_INLINE void at(const Example<T>& example, const Shape& shape, std::int64_t box, std::int64_t place) {
        using Some = Channels<T, count>;
        typename Some::Mask entry = {};
        Some::store(example.result + place, find_entry<T, count>(example.first + box, shape, entry));
        Some::store_entries(example.entries + place, entry);
    }
};

// What the first input has where the second has the largest number.
struct AtLargest {
    template <class T, int count, class Shape>
    PELLUCID_INLINE void at(const Example<T>& example, const Shape& shape, std::int64_t box, std::int64_t place) {
        using Some = Channels<T, count>;
        typename Some::Pack value = {};
        find_largest<T, count>(example.second + box, shape, [&](auto wins, std::int64_t at, std::int64_t) {
            value = wins ? Some::load(example.first + box + at) : value;
        });
        Some::store(example.result + place, value);
    }
};

struct Mean {
    template <class T, int count, class Shape>
    PELLUCID_INLINE void at(const Example<T>& example, const Shape& shape, std::int64_t box, std::int64_t place) {
        using Some = Channels<T, count>;
        typename Some::Pack sum = {};
        for_numbers(shape, [&](std::int64_t at, std::int64_t) { sum += Some::load(example.first + box + at); });
        Some::store(example.result + place, sum * (T(1) / static_cast<T>(shape.count())));
    }
};

// ------------------------------------------------------------ from places back to numbers
// The numbers under a window are written; where windows overlap, they are added to.
template <bool adds, class T, int count>
PELLUCID_INLINE void put(T* to, typename Channels<T, count>::Pack value) {
    using Some = Channels<T, count>;
    Some::store(to, adds ? Some::load(to) + value : value);
}

// The first input to one entry of its box, zero to the others.
template <bool adds, class T, int count, class Shape>
PELLUCID_INLINE void put_one(const Example<T>& example, const Shape& shape, std::int64_t box, std::int64_t place,
                             typename Channels<T, count>::Mask entry) {
    using Some = Channels<T, count>;
    const auto gradient = Some::load(example.first + place);
    for_numbers(shape, [&](std::int64_t at, std::int64_t which) {
        const auto here = entry == Some::everywhere(which) ? gradient : typename Some::Pack{};
        put<adds, T, count>(example.result + box + at, here);
    });
}

// The first input goes to where the second has the largest number.
template <bool adds>
struct ToLargest {
    template <class T, int count, class Shape>
    PELLUCID_INLINE void at(const Example<T>& example, const Shape& shape, std::int64_t box, std::int64_t place) {
        typename Channels<T, count>::Mask entry = {};
        find_entry<T, count>(example.second + box, shape, entry);
        put_one<adds, T, count>(example, shape, box, place, entry);
    }
};

// The first input goes to the entries that are named.
template <bool adds>
struct ToEntry {
    template <class T, int count, class Shape>
    PELLUCID_INLINE void at(const Example<T>& example, const Shape& shape, std::int64_t box, std::int64_t place) {
        const auto entry = Channels<T, count>::load_entries(example.entries + place);
        put_one<adds, T, count>(example, shape, box, place, entry);
    }
};

template <bool adds>
struct ToAll {
    template <class T, int count, class Shape>
    PELLUCID_INLINE void at(const Example<T>& example, const Shape& shape, std::int64_t box, std::int64_t place) {
        const auto gradient = Channels<T, count>::load(example.first + place);
        const auto part = gradient * (T(1) / static_cast<T>(shape.count()));
        for_numbers(shape,
                    [&](std::int64_t at, std::int64_t) { put<adds, T, count>(example.result + box + at, part); });
    }
};

// ------------------------------------------------------------ walking
// A run has so many numbers in a row of the array, or one place: so that they are still near when a run is walked along
// once more, for other channels.
constexpr std::int64_t kNear = 256;

// Places side by side in a row of places, which have boxes of one shape.
struct Run {
    std::int64_t count;
    std::int64_t box, place;           // the first: where the arrays have it
    std::int64_t next_box, next_place; // how far it is from each to the next
};

template <class Pooling, class T, int count, class Shape>
void pool_run(Example<T> example, Run run, Shape shape) {
    for (; run.count > 0; --run.count, run.box += run.next_box, run.place += run.next_place)
        Pooling::template at<T, count>(example, shape, run.box, run.place);
}

// All channels from one on, in vectors of `count` numbers as long as there are enough.
template <class Pooling, class T, int count, class Shape>
void pool_channels(const Example<T>& example, Run run, const Shape& shape, std::int64_t channels) {
    for (; channels >= count; channels -= count, run.box += count, run.place += count)
        pool_run<Pooling, T, count>(example, run, shape);
    if constexpr (count > 1)
        if (channels > 0)
            pool_channels<Pooling, T, count / 2>(example, run, shape, channels);
}

// A row of places in one example, by its numbers on the two outer axes of space: the unit of work.
class Row {
public:
    Row(const Space& space, std::int64_t number) : space_(space) {
        example_ = number / space.rows;
        depth_ = number % space.rows / space.axes[1].places;
        height_ = number % space.axes[1].places;
    }
    std::int64_t example() const { return example_; }
    bool is_first() const { return depth_ == 0 && height_ == 0; }
    void next() {
        if (++height_ < space_.axes[1].places)
            return;
        height_ = 0;
        if (++depth_ < space_.axes[0].places)
            return;
        depth_ = 0;
        ++example_;
    }

    template <class Pooling, class T>
    void pool(const Example<T>& example) const {
        const Axis& wide = space_.axes[2];
        const Span depth = space_.axes[0].under(depth_), height = space_.axes[1].under(height_);
        const std::int64_t start = depth.first * space_.plane + height.first * space_.row;
        const std::int64_t row = (depth_ * space_.axes[1].places + height_) * wide.places;
        const std::int64_t channels = space_.channels, next = wide.stride * channels;
        Box box{depth.size(), height.size(), 0, space_.plane, space_.row, channels};
        for (std::int64_t place = 0, count; place < wide.places; place += count) {
            const Span width = wide.under(place);
            box.width = width.size();
            count = box.width == wide.window ? std::min(space_.inside, wide.places) - place : 1;
            count = std::clamp<std::int64_t>(kNear / next, 1, count);
            const Run run{count, start + width.first * channels, (row + place) * channels, next, channels};
            if (box.depth == 1 && box.height == 2 && box.width == 2)
                pool_channels<Pooling, T, lanes<T>>(example, run, Square{box.row, box.column}, channels);
            else
                pool_channels<Pooling, T, lanes<T>>(example, run, box, channels);
        }
    }

    // Zeros to the numbers that the row of places owns and that are under no window.
    template <class T>
    void clear_gaps(T* result) const {
        const auto& [deep, high, wide] = space_.axes;
        const Span depths = deep.owned(depth_), heights = high.owned(height_);
        const std::int64_t depth_end = deep.under(depth_).last, height_end = high.under(height_).last;
        for (std::int64_t depth = depths.first; depth < depths.last; ++depth)
            for (std::int64_t height = heights.first; height < heights.last; ++height) {
                T* row = result + depth * space_.plane + height * space_.row;
                if (depth < depth_end && height < height_end)
                    clear_between(row);
                else
                    std::fill_n(row, space_.row, T(0));
            }
    }

private:
    template <class T>
    void clear_between(T* row) const {
        const Axis& wide = space_.axes[2];
        for (std::int64_t place = wide.stride > wide.window ? 0 : wide.places - 1; place < wide.places; ++place) {
            const Span gap{wide.under(place).last, wide.owned(place).last};
            std::fill_n(row + gap.first * space_.channels, gap.size() * space_.channels, T(0));
        }
    }

    const Space& space_;
    std::int64_t example_, depth_, height_;
};

template <class T>
class Examples {
public:
    Examples(const Work& work, const Context& context) {
        const int entries = tensor_of_entries(static_cast<Pooling>(work.options[0]));
        for (int i = 0, next = 0; i < work.tensor_count; ++i)
            if (i == entries)
                entries_ = {start_of<std::uint8_t>(work.tensors[i], context), work.tensors[i].strides[0]};
            else
                numbers_[next++] = {start_of<T>(work.tensors[i], context), work.tensors[i].strides[0]};
    }
    Example<T> operator[](std::int64_t example) const {
        return {numbers_[0].at(example), numbers_[1].at(example), numbers_[2].at(example), entries_.at(example)};
    }

private:
    // Where an array begins, and how far it is from one example to the next.
    template <class Number>
    struct Array {
        Number* start = nullptr;
        std::int64_t stride = 0;
        Number* at(std::int64_t example) const { return start + example * stride; }
    };

    Array<T> numbers_[3];
    Array<std::uint8_t> entries_;
};

template <class T, class Pooling>
void from_numbers(const Work& work, Context& context) {
    const Space space(work);
    const Share share = share_of(work.extents[0] * space.rows, work.extents[0] * space.all, context);
    if (share.first == share.last)
        return;
    const Examples<T> examples(work, context);
    Row row(space, share.first);
    for (std::int64_t left = share.last - share.first; left > 0; --left, row.next())
        row.pool<Pooling, T>(examples[row.example()]);
}

// Where windows overlap, the rows of places of an example belong together: two of them may add to one number.
template <class T, class Writing, class Adding>
void to_numbers(const Work& work, Context& context) {
    const Space space(work);
    const std::int64_t count = work.extents[0], rows = space.overlaps ? space.rows : 1; // in a unit of work
    const Share share = share_of(count * space.rows / rows, count * space.all, context);
    if (share.first == share.last)
        return;
    const Examples<T> examples(work, context);
    Row row(space, share.first * rows);
    for (std::int64_t left = (share.last - share.first) * rows; left > 0; --left, row.next()) {
        const Example<T> example = examples[row.example()];
        if (space.overlaps) {
            if (row.is_first())
                std::fill_n(example.result, space.all, T(0));
            row.pool<Adding, T>(example);
        } else {
            row.pool<Writing, T>(example);
            if (space.has_gaps)
                row.clear_gaps(example.result);
        }
    }
}

template <class T>
void run(const Work& work, Context& context) {
    switch (static_cast<Pooling>(work.options[0])) {
    case Pooling::max: return from_numbers<T, Largest>(work, context);
    case Pooling::max_gradient: return to_numbers<T, ToLargest<false>, ToLargest<true>>(work, context);
    case Pooling::max_pick: return from_numbers<T, AtLargest>(work, context);
    case Pooling::average: return from_numbers<T, Mean>(work, context);
    case Pooling::average_gradient: return to_numbers<T, ToAll<false>, ToAll<true>>(work, context);
    case Pooling::max_entries: return from_numbers<T, LargestAndEntry>(work, context);
    case Pooling::max_put: return to_numbers<T, ToEntry<false>, ToEntry<true>>(work, context);
    }
}

} // namespace

void pool(const Work& work, Context& context) {
    if (work.extents[0] == 0 || work.extents[1] == 0)
        return;
    return work.lanes == Dtype::float64 ? run<double>(work, context) : run<float>(work, context);
}

} // namespace pellucid::PELLUCID_LEVEL
