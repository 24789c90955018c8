#include "memory.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <new>
#include <numeric>

namespace pellucid {

namespace {

constexpr std::int64_t kLine = 64; // bytes of a line of the cache, and of the widest vector

// The number of barriers before and at each instruction. Inside of a loop over chunks there are none.
std::vector<int> barriers(const Plan& plan) {
    std::vector<int> counts;
    int count = 0, chunks_until = 0;
    for (const Instruction& instruction : plan.instructions) {
        const int number = static_cast<int>(counts.size());
        count += instruction.alone && number >= chunks_until;
        if (over_chunks(instruction))
            chunks_until = static_cast<int>(instruction.option(loop_option::end));
        counts.push_back(count);
    }
    return counts;
}

// A buffer that is needed at the border of a loop is needed in all of it: the next round comes back to what one round
// has left. So is one inside of a loop over chunks, where threads are in different rounds at a time, and one
// inside of a loop without a barrier between two rounds. What a thread has for itself is for one chunk.
void extend_over_loops(const Plan& plan, bool local, Lifetime& life) {
    for (bool changed = true; changed;) {
        changed = false;
        for (int loop = 0; loop < static_cast<int>(plan.instructions.size()); ++loop) {
            const Instruction& instruction = plan.instructions[loop];
            if (instruction.kind != Kind::loop || (local && over_chunks(instruction)))
                continue;
            const int last = static_cast<int>(instruction.option(loop_option::end)) - 1;
            const Lifetime body{loop + 1, last};
            if (loop == last || !life.meets(body) || (life.first <= loop && life.last >= last))
                continue;
            const bool crosses = life.first <= loop || life.last > last;
            if (crosses || over_chunks(instruction) || !plan.instructions[loop + 1].alone) {
                life = {std::min(life.first, loop), std::max(life.last, last)};
                changed = true;
            }
        }
    }
}

} // namespace

void Memory::Release::operator()(std::byte* data) const {
    ::operator delete(data, std::align_val_t(kLine));
}

void Memory::replace(std::size_t bytes) {
    data_.reset(); // first, since both need not fit at once
    size_ = 0;
    data_.reset(static_cast<std::byte*>(::operator new(bytes, std::align_val_t(kLine))));
    std::memset(data_.get(), 0, bytes);
    size_ = bytes;
}

std::vector<Lifetime> lifetimes(const Plan& plan) {
    const std::vector<int> counts = barriers(plan);
    std::vector<Lifetime> lives;
    for (const Buffer& buffer : plan.buffers) {
        Lifetime life{buffer.first, buffer.last};
        if (buffer.role == Role::state)
            life = {0, INT_MAX};
        else if (!counts.empty()) {
            extend_over_loops(plan, buffer.role == Role::local, life);
            if (buffer.role == Role::temporary)
                life = {counts[life.first], counts[life.last]};
        }
        lives.push_back(life);
    }
    for (const int input : plan.inputs)
        lives[input].first = -1; // a batch is put in before the first instruction
    return lives;
}

std::int64_t with_slack(std::int64_t bytes) {
    return (bytes + 2 * kLine - 1) / kLine * kLine;
}

std::vector<std::int64_t> place(std::span<const Demand> demands) {
    std::vector<int> order(demands.size()); // the largest first
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, std::greater(), [&](int i) { return demands[i].bytes; });
    std::vector<int> placed; // by their place
    std::vector<std::int64_t> places(demands.size() + 1);
    std::int64_t& whole = places.back();
    for (const int i : order) {
        std::int64_t best = -1, smallest = INT64_MAX, end = 0; // end: of those that are in the way so far
        for (const int other : placed) {
            if (!demands[i].lifetime.meets(demands[other].lifetime))
                continue;
            const std::int64_t gap = places[other] - end;
            if (gap >= demands[i].bytes && gap < smallest) {
                best = end;
                smallest = gap;
            }
            end = std::max(end, places[other] + demands[other].bytes);
        }
        places[i] = best < 0 ? end : best;
        whole = std::max(whole, places[i] + demands[i].bytes);
        placed.insert(std::ranges::upper_bound(placed, places[i], {}, [&](int j) { return places[j]; }), i);
    }
    return places;
}

// ------------------------------------------------------------ panels
namespace {

// Calls part(place in panels, place in rows, count) for every run of numbers that lie together in both, counted
// in numbers.
template <class Part>
void for_each_run(const Panels& panels, Part part) {
    const std::int64_t widest = 2 * panels.vector;
    for (std::int64_t column = 0; column < panels.columns; column += widest) {
        const std::int64_t width = std::min(widest, panels.padded() - column);
        const std::int64_t count = std::min(widest, panels.columns - column);
        for (std::int64_t row = 0; row < panels.rows; ++row)
            part(column * panels.rows + row * width, row * panels.columns + column, count);
    }
}

} // namespace

void Panels::from_rows(std::byte* panels, const std::byte* rows_in_order, int bytes_of_number) const {
    for_each_run(*this, [=](std::int64_t to, std::int64_t from, std::int64_t count) {
        std::memcpy(panels + to * bytes_of_number, rows_in_order + from * bytes_of_number,
                    static_cast<std::size_t>(count * bytes_of_number));
    });
}

void Panels::to_rows(const std::byte* panels, std::byte* rows_in_order, int bytes_of_number) const {
    for_each_run(*this, [=](std::int64_t from, std::int64_t to, std::int64_t count) {
        std::memcpy(rows_in_order + to * bytes_of_number, panels + from * bytes_of_number,
                    static_cast<std::size_t>(count * bytes_of_number));
    });
}

} // namespace pellucid
