// Many numbers become one: a block of a sum, a maximum, a count.
//
// Where the numbers lie decides whether the lanes of a vector hold neighbouring columns (down) or neighbouring numbers of
// one column (along). Several totals grow side by side, so that no addition waits for the one before. How many numbers
// are a block, and how blocks are joined, is up to the kernels: the error grows with the numbers of a block.
#pragma once

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include "operations.h"

namespace pellucid::PELLUCID_LEVEL {

inline constexpr int kChains = 4; // totals side by side

// ------------------------------------------------------------ what is done to the numbers
template <Reduction how, class T>
inline constexpr T kStart =
    how == Reduction::max ? (std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity()
                                                                  : std::numeric_limits<T>::lowest())
                          : T{0};

template <Reduction how, class T>
PELLUCID_INLINE Vector<T> join(Vector<T> a, Vector<T> b) {
    if constexpr (how == Reduction::max)
        return value_of<Code::maximum, T>(a, b, a);
    else
        return a + b;
}

template <Reduction how, class T>
PELLUCID_INLINE Vector<T> take(Vector<T> total, Vector<T> numbers) {
    if constexpr (how == Reduction::count_true)
        return total + value_of<Code::truth, T>(numbers, numbers, numbers);
    else
        return join<how, T>(total, numbers);
}

template <class T>
inline constexpr std::int64_t kStrip = 2 * lanes<T>; // numbers of a row whose totals are kept in registers

// ------------------------------------------------------------ down
template <class T>
struct Rows {
    const T* start;
    std::int64_t pitch, count; // from one row to the next; how many
};

template <class T, int vectors>
struct Totals {
    Vector<T> vectors_of[vectors];
};

// load_vector(row, i) gives vector i of a row.
template <Reduction how, class T, int vectors, class Load>
PELLUCID_INLINE Totals<T, vectors> fold(const Rows<T>& rows, Load load_vector) {
    Vector<T> chains[kChains][vectors];
    for (auto& chain : chains)
        for (auto& total : chain)
            total = broadcast(kStart<how, T>);
    const T* row = rows.start;
    std::int64_t left = rows.count;
    for (; left >= kChains; left -= kChains)
        for (int chain = 0; chain < kChains; ++chain, row += rows.pitch)
            for (int i = 0; i < vectors; ++i)
                chains[chain][i] = take<how, T>(chains[chain][i], load_vector(row, i));
    for (; left > 0; --left, row += rows.pitch)
        for (int i = 0; i < vectors; ++i)
            chains[0][i] = take<how, T>(chains[0][i], load_vector(row, i));
    Totals<T, vectors> totals;
    for (int i = 0; i < vectors; ++i)
        totals.vectors_of[i] =
            join<how, T>(join<how, T>(chains[0][i], chains[1][i]), join<how, T>(chains[2][i], chains[3][i]));
    return totals;
}

// Folds every column. The last vector ends where the columns do, even if it shares some with the one before:
// only columns that do not fill a vector are loaded in part.
template <Reduction how, class T>
inline void fold_down(const Rows<T>& rows, std::int64_t columns, T* to) {
    if (columns < lanes<T>) {
        const int count = static_cast<int>(columns);
        const auto totals = fold<how, T, 1>(rows, [=](const T* row, int) { return load_first(row, count); });
        return store_first(to, totals.vectors_of[0], count);
    }
    const std::int64_t last = columns - lanes<T>;
    for (std::int64_t column = 0; column < columns; column += kStrip<T>) {
        if (column < last) {
            const std::int64_t second = std::min(column + lanes<T>, last);
            const auto totals =
                fold<how, T, 2>(rows, [=](const T* row, int i) { return load(row + (i == 0 ? column : second)); });
            store(to + column, totals.vectors_of[0]);
            store(to + second, totals.vectors_of[1]);
        } else {
            const auto totals = fold<how, T, 1>(rows, [=](const T* row, int) { return load(row + last); });
            store(to + last, totals.vectors_of[0]);
        }
    }
}

// ------------------------------------------------------------ along
template <int distance, class V, std::size_t... lane>
PELLUCID_INLINE auto rotated(V vector, std::index_sequence<lane...>) {
    return __builtin_shufflevector(vector, vector, (lane + distance) % sizeof...(lane)...);
}

// All lanes as one.
template <Reduction how, class T, int distance = lanes<T> / 2>
PELLUCID_INLINE T across(Vector<T> vector) {
    vector = join<how, T>(vector, (Vector<T>)rotated<distance>(vector, std::make_index_sequence<lanes<T>>{}));
    if constexpr (distance > 1)
        return across<how, T, distance / 2>(vector);
    else
        return vector[0];
}

// The first numbers of a vector, and beyond them some that change nothing.
template <Reduction how, class T>
PELLUCID_INLINE Vector<T> load_neutral(const T* from, int count) {
    if constexpr (how != Reduction::max)
        return load_first(from, count);
    Mask<T> place;
    for (int lane = 0; lane < lanes<T>; ++lane)
        place[lane] = lane;
    return choose<T>(place < count, load_first(from, count), broadcast(kStart<how, T>));
}

// Folds numbers that lie side by side.
template <Reduction how, class T>
inline T fold_along(const T* from, std::int64_t count) {
    const Rows<T> rows{from, kStrip<T>, count / kStrip<T>};
    const auto totals = fold<how, T, 2>(rows, [](const T* row, int i) { return load(row + i * lanes<T>); });
    Vector<T> total = join<how, T>(totals.vectors_of[0], totals.vectors_of[1]);
    std::int64_t place = rows.count * kStrip<T>;
    if (count - place >= lanes<T>) {
        total = take<how, T>(total, load(from + place));
        place += lanes<T>;
    }
    if (place < count)
        total = take<how, T>(total, load_neutral<how, T>(from + place, static_cast<int>(count - place)));
    return across<how, T>(total);
}

// ------------------------------------------------------------ which one
// Calls use(Constant) with what the work asks for, std::integral_constant<Reduction, ...>; a mean begins as a sum.
template <class Use>
PELLUCID_INLINE void with_reduction(const Work& work, Use use) {
    switch (static_cast<Reduction>(work.options[0])) {
    case Reduction::max: return use(std::integral_constant<Reduction, Reduction::max>{});
    case Reduction::count_true: return use(std::integral_constant<Reduction, Reduction::count_true>{});
    default: return use(std::integral_constant<Reduction, Reduction::sum>{});
    }
}

} // namespace pellucid::PELLUCID_LEVEL
