// Running a resolved plan: one thread's part in it.
#pragma once

#include <cstdint>
#include <utility>

#include "resolve.h"
#include "threads.h"

namespace pellucid {

// An index that led out of its array, in the words of the one who gave it.
struct WrongIndex {
    bool found = false;
    int instruction = 0;
    std::int64_t example = 0; // its place among those that the run goes through
    std::int64_t index = 0, limit = 0;
    std::int64_t turn = 0, chunk = 0; // when it was met

    // Whether a single thread would have met it first.
    bool before(const WrongIndex& other) const;
};

class Member {
public:
    Member(Team& team, int number, const Kernels& kernels, double* registers, WrongIndex& wrong);

    bool leads() const { return number_ == 0; }
    double* registers() { return context_.registers; }
    bool met_wrong_index() const { return wrong_.found; }

    // Waits for all others of the team.
    void meet() {
        if (team_.size > 1)
            team_.barrier.wait();
    }

    // This member's share of so many things: from the first number to before the second.
    std::pair<std::int64_t, std::int64_t> share(std::int64_t count) const {
        return {count * number_ / team_.size, count * (number_ + 1) / team_.size};
    }

    // Goes to a plan for the next batch, whose first example is number `start`.
    void enter(const Resolved& plan, std::int64_t start);

    // Runs the instructions of that plan from `first` to before `end`.
    void run(int first, int end);

private:
    void run_lines(const Work* line, const Work* end);
    void run_rounds(const Work& loop, const Work* after);
    void run_chunks(const Work& loop, const Work* after);
    void report(const Work& work);

    Team& team_;
    const int number_;
    const Kernels& kernels_;
    const Resolved* plan_ = nullptr;
    std::int64_t start_ = 0;
    std::int64_t examples_ = 0;    // of the batch, or of the chunk
    std::int64_t turn_ = 0;        // counts instructions; a loop over chunks is one
    std::int64_t chunk_loops_ = 0; // so many have been run
    bool in_chunk_ = false;
    Fault fault_;
    WrongIndex& wrong_;
    Context context_;
};

} // namespace pellucid
